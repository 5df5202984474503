using System.Security.Cryptography;
using System.Text;
using Postern.Infrastructure.Database;
using Postern.Infrastructure.Tests.Support;

namespace Postern.Infrastructure.Tests.Database;

public sealed class KeyFileTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_was_protected_comes_back_also_after_a_restart()
    {
        var secret = KeyFile.Open(folder["key"]).Protect("grün"u8);

        KeyFile.Open(folder["key"]).Unprotect(secret).ShouldBe("grün"u8.ToArray());
        Encoding.Latin1.GetString(secret).ShouldNotContain("gr");
    }

    [Fact]
    public void The_same_secret_never_looks_the_same_twice()
    {
        var key = KeyFile.Open(folder["key"]);

        key.Protect("x"u8).ShouldNotBe(key.Protect("x"u8));
    }

    [Fact]
    public void Nobody_else_can_read_a_new_file()
    {
        KeyFile.Open(folder["key"]);

        File.GetUnixFileMode(folder["key"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(folder.Path).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_open_to_others_is_refused_with_the_remedy(UnixFileMode tooMuch)
    {
        KeyFile.Open(folder["key"]);
        File.SetUnixFileMode(folder["key"], UnixFileMode.UserRead | UnixFileMode.UserWrite | tooMuch);

        Should.Throw<KeyFileException>(() => KeyFile.Open(folder["key"])).Message.ShouldContain($"chmod 600 {folder["key"]}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("AAAA")]
    public void A_file_that_holds_no_key_is_refused_and_kept(string text)
    {
        File.WriteAllText(folder["key"], text);
        File.SetUnixFileMode(folder["key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Should.Throw<KeyFileException>(() => KeyFile.Open(folder["key"]));
        File.ReadAllText(folder["key"]).ShouldBe(text);
    }

    [Fact]
    public void Another_key_is_told_from_a_damaged_secret()
    {
        var secret = KeyFile.Open(folder["key"]).Protect("x"u8);

        Should.Throw<CryptographicException>(() => KeyFile.Open(folder["other"]).Unprotect(secret)).Message.ShouldContain("another key file");
    }

    [Fact]
    public void Every_single_changed_byte_and_every_cut_is_noticed()
    {
        var key = KeyFile.Open(folder["key"]);
        var secret = key.Protect("twelve bytes"u8);

        for (var i = 0; i < secret.Length; i++)
        {
            var changed = secret.ToArray();
            changed[i] ^= 1;
            Should.Throw<CryptographicException>(() => key.Unprotect(changed), $"byte {i}");
            Should.Throw<CryptographicException>(() => key.Unprotect(secret.AsSpan(0, i)), $"cut at {i}");
        }
    }

    [Fact]
    public async Task Processes_that_start_together_agree_on_one_key()
    {
        // They meet in the instant between looking and making; so it is tried often.
        const int Rounds = 200;
        for (var round = 0; round < Rounds; round++)
        {
            using var start = new Barrier(4);
            var keys = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return KeyFile.Open(folder[$"key{round}"]);
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

            var secret = keys[0].Protect("x"u8);
            keys.ShouldAllBe(key => key.Unprotect(secret).Length == 1, $"round {round}");
        }

        Directory.GetFiles(folder.Path).Length.ShouldBe(Rounds);
    }
}
