using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Postern.Infrastructure.Configuration;
using Postern.Infrastructure.Database;
using Postern.Web.Components.Configure;
using Postern.Web.Components.Entries;
using Postern.Infrastructure.Entries;
using Postern.Web.Tests.Support;

namespace Postern.Web.Tests.Components.Configure;

public sealed class ConfigurePartsTests
{
    private readonly List<string> told = [];

    [Fact]
    public async Task Deleting_says_what_it_would_mean_and_takes_a_reason_along()
    {
        using var part = await DeleteAsync(null);

        await part.RaiseAsync("oninput", new ChangeEventArgs { Value = " moved away " });
        await PressAsync(part, "Delete sales");

        part.Text.ShouldContain("Nothing has happened yet.");
        told.ShouldBe(["delete moved away"]);
    }

    [Fact]
    public async Task What_mail_depends_on_is_not_deleted_and_says_what_depends_on_it()
    {
        using var part = await DeleteAsync("207 deliveries wait for sales. Reroute or end them first.");

        await PressAsync(part, "Delete sales");

        told.ShouldBeEmpty();
        part.Body.QuerySelector("button.danger")!.GetAttribute("aria-disabled").ShouldBe("true");
        part.Body.QuerySelector("textarea").ShouldBeNull();
        part.Text.ShouldContain("207 deliveries wait for sales.");
    }

    [Fact]
    public async Task A_drawer_of_fields_keeps_what_was_typed_when_saving_fails_and_says_who_may_only_look()
    {
        using var part = await PartRenderer.RenderAsync<EditDrawer>(new Dictionary<string, object?>
        {
            [nameof(EditDrawer.Title)] = "SITE1",
            [nameof(EditDrawer.FocusKey)] = "SITE1",
            [nameof(EditDrawer.WhyNot)] = "Sites are for routing editors.",
            [nameof(EditDrawer.WhyNotSave)] = "Nothing is changed.",
            [nameof(EditDrawer.FaultTitle)] = "Not saved",
            [nameof(EditDrawer.FaultText)] = "The domain is taken.",
            [nameof(EditDrawer.OnDelete)] = EventCallback.Factory.Create(this, () => told.Add("delete")),
        });

        part.Text.ShouldContain("Sites are for routing editors.");
        part.Text.ShouldContain("The domain is taken.What you typed is kept in this window.");
        part.Body.QuerySelectorAll(".foot button[aria-disabled=true]").Select(button => button.TextContent).ShouldBe(["Save", "Delete…"]);
    }

    [Fact]
    public async Task A_password_is_replaced_and_never_shown()
    {
        var stored = new SecretUse("sales", new TestClock().GetUtcNow().AddDays(-3), "<b>kim</b>", []);
        using var part = await SecretAsync("sales", stored);

        part.Text.ShouldStartWith("Stored; set 3\u202fd ago by <b>kim</b>. It is never shown.");
        part.Body.QuerySelector("input").ShouldBeNull();
        await PressAsync(part, "Replace the password");
        part.Body.QuerySelector("input[type=password]")!.GetAttribute("value").ShouldBeNullOrEmpty();
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "Swordfish" });
        told.ShouldBe(["Swordfish"]);
        (await SecretAsync("relay", stored)).Text.ShouldBe("The secret relay is not stored yet.Set the password");
        (await SecretAsync("", stored)).Text.ShouldStartWith("No password is used.");
    }

    [Fact]
    public async Task Each_setting_stands_with_its_meaning_and_what_is_typed_is_in_the_form()
    {
        var form = Form();
        using var part = await PartRenderer.RenderAsync<FieldRows>(new Dictionary<string, object?>
        {
            [nameof(FieldRows.Form)] = form,
            [nameof(FieldRows.Tab)] = form.Fields.First(field => field.Path == "settings.port").Tab,
            [nameof(FieldRows.OnChange)] = EventCallback.Factory.Create(this, () => told.Add("changed")),
        });
        var fields = part.Body.QuerySelectorAll(".setting .input, .setting .check").Select(field => field.Id).ToList();

        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "2600" }, fields.IndexOf(FieldRows.IdOf("settings.port")));

        (form["settings.port"], told.Count).ShouldBe(("2600", 1));
        part.Body.QuerySelectorAll(".setting").ShouldAllBe(row => row.QuerySelector(".meaning") != null);
    }

    [Fact]
    public async Task Address_spaces_are_added_changed_and_taken_out_and_a_fault_stands_at_its_row()
    {
        var form = Form();
        using var part = await PartRenderer.RenderAsync<SpaceRows>(new Dictionary<string, object?>
        {
            [nameof(SpaceRows.Form)] = form,
            [nameof(SpaceRows.OnChange)] = EventCallback.Factory.Create(this, () => told.Add("changed")),
        });

        await PressAsync(part, "Add an address space");
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = "MS" }, 3);
        await part.RaiseAsync("onchange", new ChangeEventArgs { Value = " HARBOR/* " }, 4);
        form.Spaces.Select(space => $"{space.Type}:{space.Pattern}").ShouldBe(["SMTP:*", "MS:HARBOR/*"]);
        await part.RaiseAsync("onclick", new MouseEventArgs());
        form.Spaces.ShouldHaveSingleItem().Pattern.ShouldBe("HARBOR/*");
        told.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Proxies_of_an_entry_are_ordered_and_a_name_that_somebody_holds_leads_to_them()
    {
        var form = new EntryForm(new EntryRow(1, "Doe, Jane", "person", "CCMAIL:Doe, Jane at SALES", ["jane@site1.example", "j.doe@site1.example"]))
        {
            Faults = [new EntryFault("proxies[0]", "<b>Roe</b> holds it.", 2)],
        };
        using var part = await PartRenderer.RenderAsync<EntryFields>(new Dictionary<string, object?>
        {
            [nameof(EntryFields.Form)] = form,
            [nameof(EntryFields.OnChange)] = EventCallback.Factory.Create(this, () => told.Add("changed")),
        });

        part.Body.QuerySelector("[role=alert] a")!.GetAttribute("href").ShouldBe(Urls.Directory(2));
        part.Body.QuerySelector("[role=alert] b").ShouldBeNull();
        await part.RaiseAsync("onclick", new MouseEventArgs(), 2);
        form.Proxies.ShouldBe(["j.doe@site1.example", "jane@site1.example"]);
        await PressAsync(part, "Add a proxy");
        form.Proxies.Count.ShouldBe(3);
        (form.IsChanged, told.Count).ShouldBe((true, 2));
    }

    private static ItemForm Form() => new(
        ItemDraft.Connectors, ItemFields.OfConnector("smtp"), new ConnectorItem(0, "backbone", "smtp", true, "", [new AddressSpaceItem(0, "SMTP", "*", 10)], """{"smartHosts":["relay.example"]}"""));

    private static Task PressAsync(PartRenderer part, string button) => part.RaiseAsync(
        "onclick", new MouseEventArgs(), part.Body.QuerySelectorAll("button").Select(found => found.TextContent.Trim()).ToList().IndexOf(button));

    private Task<PartRenderer> DeleteAsync(string? whyNot) => PartRenderer.RenderAsync<DeleteDrawer>(new Dictionary<string, object?>
    {
        [nameof(DeleteDrawer.Title)] = "Delete sales",
        [nameof(DeleteDrawer.Button)] = "Delete sales",
        [nameof(DeleteDrawer.WhyNot)] = whyNot,
        [nameof(DeleteDrawer.OnDelete)] = EventCallback.Factory.Create<string>(this, reason => told.Add($"delete {reason}")),
        [nameof(DeleteDrawer.OnCancel)] = EventCallback.Factory.Create(this, () => told.Add("cancel")),
    });

    private Task<PartRenderer> SecretAsync(string name, SecretUse stored) => PartRenderer.RenderAsync<SecretInput>(new Dictionary<string, object?>
    {
        [nameof(SecretInput.Id)] = "f-password",
        [nameof(SecretInput.Name)] = name,
        [nameof(SecretInput.Known)] = new[] { stored },
        [nameof(SecretInput.ValueChanged)] = EventCallback.Factory.Create<string>(this, told.Add),
    });
}
