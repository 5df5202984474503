using System.Reflection;

namespace Postern.Architecture.Tests;

public sealed class LayerTests
{
    [Fact]
    public void Domain_references_nothing_but_the_base_class_library()
    {
        var references = Assembly.Load("Postern.Domain").GetReferencedAssemblies().Select(name => name.Name!);

        references.ShouldAllBe(name => name.StartsWith("System", StringComparison.Ordinal));
        RepositoryFiles.Read("src/Domain/Domain.csproj").ShouldNotContain("PackageReference");
    }

    [Fact]
    public void Infrastructure_knows_nothing_of_the_console()
    {
        Assembly.Load("Postern.Infrastructure").GetReferencedAssemblies().Select(name => name.Name)
            .ShouldNotContain(name => name == "Postern.Web" || name!.StartsWith("Radzen", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("source", "Q215492")]
    public void Finding_the_way_and_converting_are_steps_that_do_not_know_each_other()
    {
        UsesOf("src/Domain/Routing", "Postern.Domain.Conversion", "Postern.Domain.Formats", "Postern.Domain.Mime").ShouldBeEmpty();
        UsesOf("src/Domain/Conversion", "Postern.Domain.Routing").ShouldBeEmpty();
        UsesOf("src/Domain/Formats", "Postern.Domain.Routing").ShouldBeEmpty();
    }

    [Fact]
    public void The_kit_of_the_console_stays_inside_its_parts()
    {
        var pages = RepositoryFiles.Below("src/Web/Components", "*Page.razor*");

        pages.Where(page => RepositoryFiles.Read(page).Contains("Radzen", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void The_lab_knows_nothing_of_the_product()
    {
        RepositoryFiles.Read("tests/Lab/Lab.csproj").ShouldNotContain("ProjectReference");
    }

    private static IEnumerable<string> UsesOf(string folder, params string[] names) => RepositoryFiles.Below(folder, "*.cs")
        .Where(file => RepositoryFiles.Read(file) is var text && names.Any(name => text.Contains(name, StringComparison.Ordinal)));
}
