using Postern.Domain.Directory.Merging;
using Postern.Domain.Directory.Rows;
using Postern.Infrastructure.Tests.Dirsync.Support;

namespace Postern.Infrastructure.Tests.Dirsync;

/// <summary>What every kind of partner owes to plans that converge. A new kind derives its tests from this.</summary>
public abstract class PartnerContract
{
    private protected abstract Task<PartnerRoom> EnterAsync();

    [Fact]
    [Trait("source", "Q237588")]
    [Trait("source", "Q166581")]
    public async Task What_is_wanted_is_listed_and_the_cycle_after_it_proposes_nothing()
    {
        await using var room = await EnterAsync();
        await room.PutOwnAsync("Abel, Ida");
        (string, string, RowValues) Person(string name, string address) => (name, room.AddressOf(address), RowValues.Of((ValueNames.Notes, "Cranes"), (ValueNames.Phone, "12")));

        var added = await room.CycleAsync(Person("Ünal, Ümit", "UNAL"), Person("Falk, Erik", "FALK"), Person("Holm, Eva", "HOLM"));
        await room.WorkAsync();
        var second = await room.CycleAsync(Person("Ünal, Ümit", "UNAL"), Person("Falk, Erik", "FALK"), Person("Holm, Eva", "HOLM"));
        var changed = await room.CycleAsync(Person("Ünal, Ümit", "UNAL"), Person("Falk-Lind, Erik", "FALK"));
        await room.WorkAsync();
        var last = await room.CycleAsync(Person("Ünal, Ümit", "UNAL"), Person("Falk-Lind, Erik", "FALK"));

        (added.Changes.Count(change => change.Class == ChangeClass.Add), added.Faults.Count, added.Unholdable.Count).ShouldBe((3, 0, 0));
        second.Sentences.ShouldBeEmpty();
        changed.Changes.Select(change => change.Class).ShouldBe([ChangeClass.Delete, ChangeClass.Rename]);
        changed.Faults.ShouldBeEmpty();
        last.Sentences.ShouldBeEmpty();
        var listed = await room.ListedAsync();
        listed.ShouldContain("Ünal, Ümit");
        listed.ShouldContain("Falk-Lind, Erik");
        listed.ShouldNotContain("Falk, Erik");
        listed.ShouldNotContain("Holm, Eva");
    }

    [Fact]
    [Trait("source", "Q122750")]
    [Trait("source", "Q156063")]
    public async Task A_step_that_is_done_twice_does_no_harm_and_one_that_is_refused_stops_nobody()
    {
        await using var room = await EnterAsync();
        var isRefused = room.TryRefuse("Grau, Ina");
        (string, string, RowValues)[] people =
            [("Arndt, Eva", room.AddressOf("ARNDT"), RowValues.None), ("Grau, Ina", room.AddressOf("GRAU"), RowValues.None), ("Zeller, Max", room.AddressOf("ZELLER"), RowValues.None)];

        var first = await room.CycleAsync(people);
        await using (var directory = await room.OpenAsync())
        {
            await room.WorkAsync();
            var again = await room.WriteAsync(directory, [.. first.Steps.Where(step => step.Step.After!.Name != "Grau, Ina")]);
            again.Select(result => result.Fault).ShouldBe(["", ""]);
        }

        await room.WorkAsync();
        var last = await room.CycleAsync(people);

        first.Faults.Count.ShouldBe(isRefused ? 1 : 0);
        last.Changes.Select(change => change.After!.Name).ShouldBe(isRefused ? ["Grau, Ina"] : []);
        var listed = await room.ListedAsync();
        listed.Count(name => name == "Arndt, Eva").ShouldBe(1);
        listed.Count(name => name == "Zeller, Max").ShouldBe(1);
    }

    [Fact]
    public async Task Its_own_people_are_told_with_a_name_and_an_identity_that_stay()
    {
        await using var room = await EnterAsync();
        await room.PutOwnAsync("Abel, Ida");
        await room.WorkAsync();

        var (first, records) = await room.ReadAsync();
        var (_, again) = await room.ReadAsync();

        first.IsComplete.ShouldBeTrue();
        var entry = records.Select(record => record.Entry).Single(entry => entry?.Name == "Abel, Ida")!;
        again.Select(record => record.Entry).Single(other => other?.Name == "Abel, Ida")!.Identity.ShouldBe(entry.Identity);
        records.Where(record => record.IsOurs).ShouldBeEmpty();
    }
}
