using System.Collections;

namespace Postern.Domain.Tests.Formats.CcMail;

internal static class ShouldlyMore
{
    public static T ShouldHaveCount<T>(this T list, int count)
        where T : ICollection
    {
        list.Count.ShouldBe(count);
        return list;
    }
}
