using Microsoft.AspNetCore.Components;
using Postern.Web.Security;

namespace Postern.Web.Components.Security;

/// <summary>A static form, because it renews the cookie of the session: sets up one's own second step, renews its recovery codes, or gives it up.</summary>
public sealed partial class SecondStepPage
{
    private PosternUser? user;
    private IReadOnlyList<string> codes = [];
    private string secret = "";
    private string fault = "";
    private bool isOn;
    private bool isForced;
    private int left;

    [SupplyParameterFromForm(FormName = "second-step-off")]
    private CodeInput Input { get; set; } = null!;

    [SupplyParameterFromForm(FormName = "second-step-on")]
    private ChangeInput Change { get; set; } = null!;

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = null!;

    private string Uri => $"otpauth://totp/Postern:{System.Uri.EscapeDataString(user!.UserName!)}?secret={secret}&issuer=Postern";

    private string Grouped => string.Join(' ', secret.Chunk(4).Select(group => new string(group)));

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Input ??= new();
        Change ??= new();
        user = await Users.GetUserAsync(HttpContext.User) ?? throw new InvalidOperationException("The account of this session is gone.");
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        isOn = user!.TwoFactorEnabled;
        isForced = HttpContext.User.HasClaim(claim => claim.Type == Rights.MustSetUpSecondStep);
        secret = isOn ? "" : await Steps.SecretAsync(user);
        left = isOn ? await Users.CountRecoveryCodesAsync(user) : 0;
    }

    private async Task ConfirmAsync()
    {
        (codes, fault) = await Steps.ConfirmAsync(user!, Input.Code ?? "");
        await EndAsync();
    }

    private async Task ChangeAsync()
    {
        if (Change.What == "off")
        {
            fault = await Steps.TurnOffAsync(user!, Change.Code ?? "");
        }
        else
        {
            (codes, fault) = await Steps.RenewCodesAsync(user!, Change.Code ?? "");
        }

        await EndAsync();
    }

    private async Task EndAsync()
    {
        HttpContext.Response.Headers.CacheControl = "no-store";
        HttpContext.Response.StatusCode = fault.Length > 0 ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status200OK;
        await ReadAsync();
    }

    private sealed class CodeInput
    {
        public string? Code { get; set; }
    }

    private sealed class ChangeInput
    {
        public string? Code { get; set; }

        public string? What { get; set; }
    }
}
