using Microsoft.AspNetCore.Components;

namespace Postern.Web.Tests.Support;

/// <summary>An address bar: starts at the overview, goes where it is sent.</summary>
internal sealed class StubNavigation : NavigationManager
{
    public StubNavigation() => Initialize("http://console.example/", "http://console.example/");

    protected override void NavigateToCore(string uri, NavigationOptions options)
    {
        Uri = ToAbsoluteUri(uri).ToString();
        NotifyLocationChanged(isInterceptedLink: false);
    }
}
