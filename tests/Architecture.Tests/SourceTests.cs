using System.Text.RegularExpressions;

namespace Postern.Architecture.Tests;

public sealed partial class SourceTests
{
    private const int LongestFile = 400;
    private const int LongestComponent = 150;
    private const int LongestReadme = 100;

    [Fact]
    public void No_source_file_is_too_long_to_read_at_once()
    {
        RepositoryFiles.Below("src", "*.cs").Where(file => RepositoryFiles.Lines(file) > LongestFile).ShouldBeEmpty();
    }

    [Fact]
    public void No_component_is_too_long_to_read_at_once()
    {
        RepositoryFiles.Below("src", "*.razor").Where(file => RepositoryFiles.Lines(file) > LongestComponent).ShouldBeEmpty();
    }

    [Fact]
    public void No_type_is_named_after_nothing()
    {
        var empty = RepositoryFiles.Below("src", "*.cs").Where(file => EmptyName().IsMatch(Path.GetFileNameWithoutExtension(file)));

        empty.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        var unfinished = RepositoryFiles.Below("src", "*.cs").Concat(RepositoryFiles.Below("src", "*.razor"))
            .Where(file => Unfinished().IsMatch(RepositoryFiles.Read(file)));

        unfinished.ShouldBeEmpty();
    }

    [Fact]
    public void The_readme_is_short()
    {
        RepositoryFiles.Lines("README.md").ShouldBeLessThanOrEqualTo(LongestReadme);
    }

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Processor|Wrapper|Impl)$")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Unfinished();
}
