using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Postern.Tests.Support;

/// <summary>Of a class that takes long: it begins before the others, so that nothing waits for it alone at the end.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TakesLongAttribute : Attribute;

/// <summary>Begins with the classes that take long; the others come as they always did.</summary>
/// <remarks>Only as many as may run at a time are worth a mark: the first are begun in this order, the rest in any.</remarks>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly HashSet<string> Long =
        [.. typeof(LongestFirst).Assembly.GetTypes().Where(type => type.IsDefined(typeof(TakesLongAttribute))).Select(type => type.FullName!)];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. DefaultTestCollectionOrderer.Instance.OrderTestCollections(testCollections).OrderByDescending(TakesLong)];

    // A collection of one class is called by it.
    private static bool TakesLong<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection =>
        collection.TestCollectionDisplayName.Split(' ').Any(Long.Contains);
}
