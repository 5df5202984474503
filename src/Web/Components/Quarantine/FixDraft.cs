using Postern.Domain.Mime;
using Postern.Infrastructure.Quarantine;

namespace Postern.Web.Components.Quarantine;

/// <summary>The ways in which a group is mended.</summary>
public enum FixWay
{
    AsItIs, Files, CodePage, Edit,
}

/// <summary>A fix while it is being chosen.</summary>
public sealed class FixDraft
{
    /// <summary>Stands for attachments whose data is damaged; no name of a file has a blank at its start.</summary>
    public const string DamagedFiles = " damaged";

    /// <summary>Stands for every attachment.</summary>
    public const string AllFiles = " all";

    /// <summary>Code pages of old post offices first, then those of Windows.</summary>
    public static readonly IReadOnlyList<(int Page, string Name)> CodePages =
    [
        (850, "850, Western Europe (DOS)"), (437, "437, United States (DOS)"), (852, "852, Central Europe (DOS)"), (866, "866, Cyrillic (DOS)"), (865, "865, Nordic (DOS)"),
        (857, "857, Turkish (DOS)"), (737, "737, Greek (DOS)"), (862, "862, Hebrew (DOS)"), (864, "864, Arabic (DOS)"), (932, "932, Japanese"), (936, "936, Chinese, simplified"),
        (949, "949, Korean"), (950, "950, Chinese, traditional"), (1252, "1252, Western Europe (Windows)"), (1250, "1250, Central Europe (Windows)"), (1251, "1251, Cyrillic (Windows)"),
        (1253, "1253, Greek (Windows)"), (1254, "1254, Turkish (Windows)"), (65001, "UTF-8"),
    ];

    public FixWay Way { get; set; }

    public string Files { get; set; } = DamagedFiles;

    public int CodePage { get; set; } = 850;

    public string Sender { get; set; } = "";

    public string Recipient { get; set; } = "";

    public string HeaderName { get; set; } = "";

    public string HeaderValue { get; set; } = "";

    public bool TakesOut { get; set; }

    /// <summary>What is chosen now; fields of another way do not count.</summary>
    public ReplayFix ToFix() => Way switch
    {
        FixWay.Files => new ReplayFix
        {
            Content = Files switch
            {
                DamagedFiles => new ContentFix { Strip = StrippedFiles.Damaged },
                AllFiles => new ContentFix { Strip = StrippedFiles.All },
                _ => new ContentFix { Strip = StrippedFiles.Named, StripName = Files },
            },
        },
        FixWay.CodePage => new ReplayFix { Content = new ContentFix { CodePage = CodePage } },
        FixWay.Edit => new ReplayFix
        {
            Sender = Sender.Trim() is { Length: > 0 } sender ? (sender == "<>" ? "" : sender) : null,
            Recipient = Recipient.Trim() is { Length: > 0 } recipient ? recipient : null,
            Content = HeaderName.Trim() is { Length: > 0 } name ? new ContentFix { Headers = [new HeaderChange(name, TakesOut ? null : HeaderValue)] } : ContentFix.Nothing,
        },
        _ => ReplayFix.Nothing,
    };
}
