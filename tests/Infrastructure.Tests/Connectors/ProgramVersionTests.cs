using System.Text;
using Postern.Infrastructure.Connectors;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Connectors;

public sealed class ProgramVersionTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_program_of_windows_names_its_version_in_its_resource()
    {
        Of([.. "MZ"u8, .. new byte[200], .. Encoding.Unicode.GetBytes("ProductName\0\0cc:Mail\0FileVersion\0\08.30.0.1\0ProductVersion\0\09.9\0"), .. new byte[50]]).ShouldBe("8.30.0.1");
    }

    [Fact]
    public void A_program_of_dos_names_it_in_its_banner()
    {
        Of([.. "MZ"u8, .. new byte[77], .. "cc:Mail Export Version 6.01.00.5\r\nCopyright"u8]).ShouldBe("6.01.00.5");
    }

    [Theory]
    [InlineData("MZ and nothing that would be a version")]
    [InlineData("#!/bin/sh\necho Version 5.15")]
    [InlineData("")]
    [InlineData("M")]
    public void What_names_none_has_none(string text)
    {
        Of(Encoding.Latin1.GetBytes(text)).ShouldBe("");
    }

    [Fact]
    public void Only_the_beginning_of_a_large_file_is_read_and_the_file_may_be_in_use()
    {
        var path = folder["large.exe"];
        using var held = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
        held.Write("MZ Version 5.15"u8);
        held.SetLength(9L * 1024 * 1024 * 1024);
        held.Flush();

        ProgramVersion.Of(path).ShouldBe("5.15");
    }

    [Fact]
    public void A_description_has_the_version_where_there_is_one_the_size_and_the_day()
    {
        File.WriteAllBytes(folder["IMPORT.EXE"], [.. "MZ Version 5.15"u8, .. new byte[1_985]]);
        File.SetLastWriteTimeUtc(folder["IMPORT.EXE"], new DateTime(1997, 3, 4, 5, 6, 7, DateTimeKind.Utc));
        File.WriteAllText(folder["import.sh"], "#!/bin/sh\n");
        File.SetLastWriteTimeUtc(folder["import.sh"], new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));

        ProgramVersion.Describe(folder["IMPORT.EXE"]).ShouldBe($"{folder["IMPORT.EXE"]} (version 5.15, 2,000 bytes of 1997-03-04)");
        ProgramVersion.Describe(folder["import.sh"]).ShouldBe($"{folder["import.sh"]} (10 bytes of 2026-01-02)");
    }

    private string Of(byte[] bytes)
    {
        File.WriteAllBytes(folder["program"], bytes);
        return ProgramVersion.Of(folder["program"]);
    }
}
