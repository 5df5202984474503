using System.Reflection;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Postern.Web.Components;

namespace Postern.Web.Tests.Components;

public sealed class PageRightsTests
{
    private static IEnumerable<Type> Pages => typeof(App).Assembly.GetTypes().Where(t => t.GetCustomAttributes<RouteAttribute>().Any());

    [Fact]
    public void Every_page_says_who_may_open_it() =>
        Pages.Where(p => !p.GetCustomAttributes().Any(a => a is IAuthorizeData or IAllowAnonymous)).ShouldBeEmpty();

    [Fact]
    public void Only_the_forms_of_the_sign_in_are_open_to_all() =>
        Pages.Where(p => p.GetCustomAttributes().Any(a => a is IAllowAnonymous)).Select(p => p.Name).Order().ShouldBe(["SignInCodePage", "SignInPage"]);
}
