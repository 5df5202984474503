using Postern.Infrastructure.Configuration;
using Postern.Web.Components.Configure;

namespace Postern.Web.Tests.Components.Configure;

public sealed class ItemFormTests
{
    private static readonly ConnectorItem Stored = Connector("""{"smartHosts":["relay.example"]}""", new AddressSpaceItem(0, "SMTP", "*", 10));

    [Fact]
    public void A_form_that_nobody_touched_is_not_changed_and_a_reset_value_is_as_it_was()
    {
        var form = Form(Stored);
        form.IsChanged.ShouldBeFalse();

        form["settings.port"] = "2600";
        (form.IsChanged, form.Changes, form.Was("settings.port")).ShouldBe((true, 1, "25"));
        form.Reset("settings.port");

        form.IsChanged.ShouldBeFalse();
    }

    [Fact]
    public void A_form_of_settings_that_cannot_be_read_begins_with_what_could_be_and_can_be_saved_as_it_is()
    {
        var form = Form(Stored with { Unreadable = "The stored settings of the connector a cannot be read." });

        (form.IsChanged, form["settings.smartHosts"], form["settings.port"]).ShouldBe((true, "relay.example", "25"));
        form.Rebase(Stored);
        form.IsChanged.ShouldBeFalse();
    }

    [Fact]
    public void What_only_the_other_changed_is_taken_over_and_what_both_changed_is_kept_in_sight()
    {
        var form = Form(Stored);
        form["settings.smartHosts"] = "mine.example";
        form["settings.port"] = "2600";

        form.Rebase(Connector("""{"connections":5,"smartHosts":["theirs.example"]}""", new AddressSpaceItem(0, "SMTP", "partner.example", 1)));

        (form["settings.connections"], form["settings.smartHosts"], form["settings.port"]).ShouldBe(("5", "mine.example", "2600"));
        form.Theirs("settings.smartHosts").ShouldBe("theirs.example");
        form.Theirs("settings.port").ShouldBeNull();
        form.Spaces.ShouldHaveSingleItem().Pattern.ShouldBe("partner.example");
        form.Was("settings.port").ShouldBe("25");
    }

    [Fact]
    public void What_was_deleted_meanwhile_is_added_again_with_the_values_typed()
    {
        var form = Form(Stored);
        form["settings.port"] = "2600";

        form.Rebase(null);

        (form.IsNew, form["settings.port"], form["settings.smartHosts"]).ShouldBe((true, "2600", "relay.example"));
    }

    [Fact]
    public void A_clone_has_every_value_but_the_name_and_a_typed_password_names_its_secret()
    {
        var form = new ItemForm(ItemDraft.Connectors, ItemFields.OfConnector("smtp"), Stored, isClone: true);
        (form.IsNew, form["name"], form["settings.smartHosts"], form.Spaces.Count).ShouldBe((true, "", "relay.example", 1));

        form["name"] = "second";
        form.Passwords["settings.password"] = "hidden";
        var draft = form.ToDraft("smtp");

        draft.Values.Single(value => value.Path == "settings.password").Text.ShouldBe("second-password");
        form.SecretsToStore().ShouldBe(new Dictionary<string, string> { ["second-password"] = "hidden" });
        draft.Values.ShouldAllBe(value => value.Text != "hidden");
    }

    private static ConnectorItem Connector(string settings, params AddressSpaceItem[] spaces) => new(0, "backbone", "smtp", true, "", spaces, settings);

    private static ItemForm Form(ConnectorItem item) => new(ItemDraft.Connectors, ItemFields.OfConnector("smtp"), item);
}
