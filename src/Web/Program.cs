using Postern.Web.Hosting;

var options = new ServeOptions
{
    DataFolder = args.Length > 0 ? args[0] : "data",
    HttpPort = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 8025,
    AdminPassword = Environment.GetEnvironmentVariable("POSTERN_ADMIN_PASSWORD") ?? "",
};
return await ServeCommand.RunAsync(options, Console.Out, Console.Error);
