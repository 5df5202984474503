namespace Postern.Domain.Routing;

/// <summary>What keeps mail from arriving.</summary>
public enum RouteTrouble
{
    None,

    /// <summary>A post office has no row for the destination.</summary>
    NoDefinition,

    /// <summary>Nobody has shown that a post office has the row; a proof of structure never finds this, publication waits for it.</summary>
    NotConfirmed,

    /// <summary>A row goes through a post office that nobody has defined (Q169328).</summary>
    UndefinedHub,

    /// <summary>The way passes a post office twice.</summary>
    Circle,

    /// <summary>The way is longer than the mail system allows.</summary>
    TooManyHops,

    /// <summary>Postern itself has no way to a post office.</summary>
    NoWay,

    /// <summary>No site has a name by which the post office could know us.</summary>
    NoShadow,

    /// <summary>Entries live where nothing leads.</summary>
    NoRoute,

    /// <summary>Nobody on the internet could answer: no site has a domain.</summary>
    NoDomain,

    /// <summary>A name is taken twice, or cannot be used in its system.</summary>
    Name,
}

/// <summary>What becomes of a mail that takes a way which fails.</summary>
public enum MailFate
{
    /// <summary>It disappears: no report, no error (Q199534).</summary>
    LostSilently,

    /// <summary>MS Mail returns it: unknown address [002].</summary>
    ReturnedUnknown,

    /// <summary>MS Mail returns it: hop count exceeded [003].</summary>
    ReturnedTooManyHops,

    /// <summary>MS Mail returns it: circular route [004].</summary>
    ReturnedCircular,

    /// <summary>The cc:Mail router returns it: Message not deliverable.</summary>
    ReturnedNotDeliverable,

    /// <summary>Postern returns it with the reason.</summary>
    Bounced,

    /// <summary>It is passed on and never arrives.</summary>
    NeverArrives,
}

/// <summary>How far mail gets on its way.</summary>
public enum HopState
{
    Passed, Fails, NotReached,
}

/// <summary>One stop of a way, as a page draws it.</summary>
public sealed record PathHop(string Name, HopState State);

/// <summary>Mail that would not arrive, as a path that can be drawn and a sentence that says it.</summary>
/// <param name="From">Where such mail begins: a post office, or Postern.</param>
/// <param name="To">The name it is addressed to.</param>
/// <param name="Path">Hop by hop to where it fails, and on to where it would go if it were mended; empty when the fault is in no way.</param>
/// <param name="Sentence">What happens, with the reason.</param>
/// <param name="Fix">The definition that mends it; null when it is not a definition.</param>
/// <param name="Cause">Equal in two proofs when both have this counter-example.</param>
/// <param name="Senders">All places whose mail fails for this cause.</param>
/// <param name="Entries">How many entries are seen at the destination.</param>
public sealed record CounterExample(
    RouteTrouble Trouble,
    string From,
    string To,
    IReadOnlyList<PathHop> Path,
    MailFate Fate,
    string Sentence,
    Definition? Fix,
    string Cause,
    IReadOnlyList<string> Senders,
    long Entries);
