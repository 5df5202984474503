using System.Diagnostics;
using System.Globalization;
using Postern.Domain.Queue;
using Postern.Infrastructure.Smtp.Listening;

namespace Postern.Infrastructure.Tests.Smtp.Listening;

public sealed class RealClientTests
{
    [Fact]
    public async Task OpenSSL_delivers_under_TLS()
    {
        await using var listener = await RunningListener.StartAsync();

        var (exitCode, output) = await RunAsync(
            "openssl",
            "EHLO openssl.example\nMAIL FROM:<ann@peer.example>\nRCPT TO:<jane@site1.example>\nDATA\nSubject: x\n\ntext\n.\nQUIT\n",
            "s_client", "-starttls", "smtp", "-crlf", "-quiet", "-connect", $"127.0.0.1:{Port(listener)}");

        exitCode.ShouldBe(0, output);
        listener.Accepted.ShouldHaveSingleItem().Text.ShouldContain(" with ESMTPS id ");
    }

    [Theory]
    [InlineData("NOTIFY=NEVER", Notify.Never)]
    [InlineData("NOTIFY=SUCCESS", Notify.Success)]
    [InlineData("NOTIFY=FAILURE", Notify.Failure)]
    [InlineData("NOTIFY=DELAY", Notify.Delay)]
    public async Task Swaks_delivers_under_TLS_with_delivery_notification(string notify, Notify expected)
    {
        await using var listener = await RunningListener.StartAsync();

        // swaks puts what it is given between angle brackets, so the last one closes the value of ORCPT.
        var (exitCode, output) = await RunAsync(
            "swaks", "", "--server", "127.0.0.1", "--port", Port(listener), "--ehlo", "swaks.example", "--tls", "--from", "ann@peer.example",
            "--to", $"jane@site1.example> {notify} ORCPT=rfc822;<jane.doe@site1.example", "--h-To", "jane@site1.example", "--attach", "@/etc/hostname");

        exitCode.ShouldBe(0, output);
        var accepted = listener.Accepted.ShouldHaveSingleItem();
        accepted.Text.ShouldContain(" with ESMTPS id ");
        var recipient = accepted.Message.Recipients.ShouldHaveSingleItem();
        recipient.Notify.ShouldBe(expected);
        recipient.OriginalRecipient.ShouldBe("rfc822;<jane.doe@site1.example>");
        recipient.Class.ShouldBe(Postern.Infrastructure.Queue.RecipientClass.To);
    }

    [Fact]
    public async Task Swaks_is_told_why_a_recipient_is_refused()
    {
        await using var listener = await RunningListener.StartAsync(new ListenerSettings { RelaysLoopback = false });

        var (exitCode, output) = await RunAsync(
            "swaks", "", "--server", "127.0.0.1", "--port", Port(listener), "--pipeline", "--from", "ann@peer.example", "--to", "ben@peer.example");

        exitCode.ShouldBe(24, output);
        output.ShouldContain("550 5.7.1 ");
    }

    [Theory]
    [InlineData(20, 10_240, 2000)]
    [InlineData(20, 1_000_000, 40)]
    public async Task Twenty_sessions_of_smtp_source_all_arrive_and_leave_nothing_behind(int sessions, int length, int messages)
    {
        await using var listener = await RunningListener.StartAsync();

        var (exitCode, output) = await RunAsync(
            "smtp-source", "", "-s", $"{sessions}", "-l", $"{length}", "-m", $"{messages}", "-f", "ann@peer.example", "-t", "jane@site1.example", $"127.0.0.1:{Port(listener)}");

        exitCode.ShouldBe(0, output);
        listener.Accepted.Count.ShouldBe(messages);
        listener.Accepted.ShouldAllBe(accepted => accepted.Content.Length >= length);
        listener.SpoolFiles.ShouldBeEmpty();
    }

    private static string Port(RunningListener listener) => listener.EndPoint.Port.ToString(CultureInfo.InvariantCulture);

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // Debian keeps the tools of Postfix where ordinary users do not look.
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin";
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, output + await errors);
    }
}
