using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Postern.Infrastructure.Database;

namespace Postern.Infrastructure.Watch;

/// <summary>Hands alerts to programs by HTTP POST of JSON, signed where a secret is set.</summary>
/// <remarks>
/// <c>Postern-Id</c> is the same for every attempt. <c>Postern-Signature</c> is <c>t=SECONDS,v1=HEX</c>: HMAC-SHA256 under the secret over <c>SECONDS.BODY</c>;
/// the time in it lets a receiver refuse what is old. Redirections are not followed, and what the receiver answers is not read.
/// </remarks>
public sealed class AlertWebhooks(SecretStore secrets, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Limit,
    };

    /// <summary>Sends one; empty when it was taken, else why not.</summary>
    internal async Task<string> SendAsync(string target, DueNotice notice, string secretName, CancellationToken cancellationToken)
    {
        if (!AlertSettings.IsWebhook(target))
        {
            return "Only addresses that begin with https:// or http:// are called.";
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new StringContent(notice.Body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Postern", null));
        request.Headers.Add("Postern-Id", notice.Id.ToString());
        try
        {
            if (secretName.Length > 0)
            {
                if (await secrets.GetAsync(secretName, cancellationToken) is not { Length: > 0 } secret)
                {
                    return $"The secret {secretName} is not stored.";
                }

                request.Headers.Add("Postern-Signature", Sign(notice.Body, secret, clock.GetUtcNow()));
            }

            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode switch
            {
                >= 200 and < 300 => "",
                >= 300 and < 400 and var code => $"It answers {code}; redirections are not followed.",
                var code => $"It answers {code}.",
            };
        }
        catch (CryptographicException)
        {
            return $"The secret {secretName} was stored with another key file.";
        }
        catch (HttpRequestException e)
        {
            return $"It cannot be reached: {e.Message}";
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"It does not answer within {Limit.TotalSeconds:0} seconds.";
        }
    }

    /// <summary>The signature of a body at a time.</summary>
    public static string Sign(string body, string secret, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{seconds}.{body}"));
        return $"t={seconds},v1={Convert.ToHexStringLower(hash)}";
    }

    public void Dispose() => client.Dispose();
}
