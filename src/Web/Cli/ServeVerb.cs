using System.CommandLine;
using Postern.Web.Hosting;

namespace Postern.Web.Cli;

/// <summary><c>serve</c>: the server itself, in the foreground.</summary>
internal static class ServeVerb
{
    public static Command Create(VerbRunner verbs)
    {
        var http = Port("--http", "Port of the console on 127.0.0.1; 0 takes a free one", ServeOptions.DefaultHttpPort);
        var smtp = Port("--smtp", $"Port of the first SMTP listener on 127.0.0.1; as configured, or {ServeOptions.DefaultSmtpPort}, when left out", null);
        var lab = new Option<string>("--lab") { Description = "Run with the lab: a post office SALES and a peer on this machine", HelpName = "PROGRAM" };
        var programs = new Option<string[]>("--allow-program") { Description = "A program, or a folder of programs, that connectors may start", HelpName = "PATH" };
        var folders = new Option<string[]>("--allow-folder") { Description = "A folder that connectors may use besides the data folder", HelpName = "PATH" };
        var signOn = new Option<string>("--single-sign-on") { Description = "A file that describes another system which says who people are", HelpName = "FILE" };
        var command = new Command("serve", "Run Postern until it is told to end") { http, smtp, lab, programs, folders, signOn };
        command.SetAction(async (parsed, _) =>
        {
            try
            {
                return await ServeCommand.RunAsync(
                    new ServeOptions
                    {
                        DataFolder = parsed.GetValue(verbs.Data)!,
                        HttpPort = parsed.GetValue(http) ?? ServeOptions.DefaultHttpPort,
                        SmtpPort = parsed.GetValue(smtp),
                        Database = VerbRunner.GivenDatabase(),
                        LabProgram = parsed.GetValue(lab) is { Length: > 0 } program ? Path.GetFullPath(program) : "",
                        AllowedPrograms = parsed.GetValue(programs) ?? [],
                        AllowedFolders = parsed.GetValue(folders) ?? [],
                        SingleSignOn = parsed.GetValue(signOn) ?? Environment.GetEnvironmentVariable("POSTERN_SINGLE_SIGN_ON") ?? "",
                        ConsoleAddress = Environment.GetEnvironmentVariable("POSTERN_CONSOLE_ADDRESS") ?? "",
                        AdminPassword = Environment.GetEnvironmentVariable("POSTERN_ADMIN_PASSWORD") ?? "",
                    },
                    verbs.Output,
                    verbs.Error);
            }
            catch (StartException e)
            {
                await verbs.Error.WriteLineAsync(e.Message);
                return e.ExitCode;
            }
        });
        return command;
    }

    private static Option<int?> Port(string name, string description, int? standard)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "PORT" };
        if (standard is not null)
        {
            option.DefaultValueFactory = _ => standard;
        }

        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && !(ushort.TryParse(text, out _)))
            {
                result.AddError($"{name} must be a port number from 0 to 65535, not “{text}”.");
            }
        });
        return option;
    }
}
