using Postern.Infrastructure.Connectors;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class AllowedPathsTests : IDisposable
{
    private readonly ProgramFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_below_a_root_need_not_exist()
    {
        folder.Allowed.Folder(folder.At("a/b")).ShouldBe(folder.At("a/b"));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("/")]
    [InlineData("ROOT/../../etc")]
    [InlineData("ROOT-beside")]
    [InlineData("ROOT/link/below")]
    public void A_folder_that_really_lies_elsewhere_is_refused(string path)
    {
        File.CreateSymbolicLink(folder.At("link"), "/etc");

        Should.Throw<PathRefusedException>(() => folder.Allowed.Folder(path.Replace("ROOT", folder.Root, StringComparison.Ordinal)))
            .Message.ShouldContain("may not be used here");
    }

    [Fact]
    public void A_link_that_leads_nowhere_is_refused()
    {
        File.CreateSymbolicLink(folder.At("link"), "/nowhere/at/all");

        Should.Throw<PathRefusedException>(() => folder.Allowed.Folder(folder.At("link/x"))).Message.ShouldContain("leads nowhere");
    }

    [Fact]
    public void A_relative_folder_is_refused()
    {
        Should.Throw<PathRefusedException>(() => folder.Allowed.Folder("lab")).Message.ShouldContain("not an absolute path");
    }

    [Fact]
    public void A_bare_name_is_found_among_the_allowed_programs_only()
    {
        var program = folder.Script("IMPORT.EXE", "exit 0");
        var allowed = new AllowedPaths([program], []);

        allowed.Program("IMPORT.EXE").ShouldBe(program);
        Should.Throw<PathRefusedException>(() => allowed.Program("sh"));
    }

    [Fact]
    public void A_link_to_a_program_elsewhere_is_refused()
    {
        File.CreateSymbolicLink(folder.At("import"), "/bin/sh");

        Should.Throw<PathRefusedException>(() => folder.Allowed.Program(folder.At("import")));
    }

    [Fact]
    public void What_is_absent_or_not_executable_is_named()
    {
        File.WriteAllText(folder.At("text"), "");

        Should.Throw<PathRefusedException>(() => folder.Allowed.Program(folder.At("gone"))).Message.ShouldContain("does not exist");
        Should.Throw<PathRefusedException>(() => folder.Allowed.Program(folder.At("text"))).Message.ShouldContain("not executable");
    }
}
