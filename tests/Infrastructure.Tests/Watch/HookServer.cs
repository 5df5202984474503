using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Postern.Infrastructure.Tests.Watch;

/// <summary>What a webhook was sent.</summary>
internal sealed record HookCall(string Id, string Signature, string ContentType, string Body);

/// <summary>A program on this machine that takes webhooks, or refuses them.</summary>
internal sealed class HookServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task loop;

    public HookServer()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/hooks/";
        }

        listener.Prefixes.Add(Address);
        listener.Start();
        loop = Task.Run(ServeAsync);
    }

    public string Address { get; }

    public int Status { get; set; } = 204;

    public string? Location { get; set; }

    public ConcurrentQueue<HookCall> Calls { get; } = new();

    public void Dispose()
    {
        if (loop.IsCompleted)
        {
            return;
        }

        listener.Stop();
        loop.Wait(TimeSpan.FromSeconds(10));
        ((IDisposable)listener).Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                var headers = context.Request.Headers;
                Calls.Enqueue(new HookCall(headers["Postern-Id"] ?? "", headers["Postern-Signature"] ?? "", context.Request.ContentType ?? "", await reader.ReadToEndAsync()));
                context.Response.StatusCode = Status;
                context.Response.RedirectLocation = Location;
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // the test is over
        }
    }
}
