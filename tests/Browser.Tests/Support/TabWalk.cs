using System.Text.Json;

namespace Postern.Browser.Tests.Support;

/// <summary>Goes through a page by Tab alone, from its first link to its last button, and fails when something cannot be reached or does not show that it was.</summary>
public static class TabWalk
{
    private static readonly Dictionary<string, object> Tab = new()
    {
        ["type"] = "rawKeyDown",
        ["key"] = "Tab",
        ["code"] = "Tab",
        ["windowsVirtualKeyCode"] = 9,
    };

    private sealed record Seen(int Wanted, string[] Missed, string[] Unseen, string[] Hidden);

    /// <summary>Walks the page as it stands.</summary>
    public static async Task ShouldReachEverythingAsync(Window window, string name)
    {
        var stops = await window.Page.EvaluateAsync<int>(Begin);
        var keys = await window.Page.Context.NewCDPSessionAsync(window.Page);
        // The browser takes them one after the other; nobody needs to hear of each.
        await Task.WhenAll(Enumerable.Range(0, stops + 6).Select(_ => keys.SendAsync("Input.dispatchKeyEvent", Tab)));
        await keys.DetachAsync();

        var seen = JsonSerializer.Deserialize<Seen>(await window.Page.EvaluateAsync<string>(End), JsonSerializerOptions.Web)!;
        seen.Wanted.ShouldBeGreaterThan(0);
        seen.Missed.ShouldBeEmpty($"{name}: Tab never comes there");
        seen.Unseen.ShouldBeEmpty($"{name}: the focus cannot be seen there");
        seen.Hidden.ShouldBeEmpty($"{name}: something lies over what has the focus");
    }

    // What can be pressed or typed into, once each; of radio buttons the chosen one stands for its group. Unseen: no ring on the element or around it.
    private const string Begin =
        """
        () => {
          const pressable = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, tbody > tr[tabindex]';
          const isThere = part => part.checkVisibility({ visibilityProperty: true }) && part.getClientRects().length > 0;
          const stands = part => part.type !== 'radio' || part.checked || document.querySelector(`input[name="${CSS.escape(part.name)}"]:checked`) === null;
          const walk = { wanted: new Set([...document.querySelectorAll(pressable)].filter(part => isThere(part) && stands(part))), missed: new Set(), unseen: [], hidden: [] };
          walk.say = part => part.outerHTML.replace(/\s+/g, ' ').slice(0, 160);
          walk.missed = new Set(walk.wanted);
          walk.stops = [...document.querySelectorAll('*')].filter(part => part.tabIndex >= 0 && isThere(part)).length;
          const ringed = part => {
            const style = getComputedStyle(part);
            return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
          };
          walk.look = part => {
            if (![part, part.parentElement, part.parentElement?.parentElement].some(around => around && ringed(around))) {
              walk.unseen.push(walk.say(part));
            }
            const box = part.getBoundingClientRect();
            const top = document.elementFromPoint(Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1), Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1));
            if (top === null || !(part.contains(top) || top.contains(part) || top.closest('label')?.contains(part))) {
              walk.hidden.push(`${walk.say(part)} lies under ${top === null ? 'nothing' : walk.say(top)}`);
            }
          };
          // The browser scrolls there after it has told of the focus: looked at is what the next Tab leaves.
          walk.leave = () => {
            const part = document.activeElement;
            if (walk.missed.delete(part)) {
              walk.look(part);
            }
          };
          document.addEventListener('keydown', walk.leave, true);
          document.activeElement?.blur();
          const first = document.querySelector('a[href], button, input');
          walk.missed.delete(first);
          first.focus();
          window.postern_walk = walk;
          return walk.stops;
        }
        """;

    private const string End =
        """
        () => {
          const walk = window.postern_walk;
          walk.leave();
          document.removeEventListener('keydown', walk.leave, true);
          const missed = [...walk.missed].filter(part => part.isConnected);
          return JSON.stringify({ wanted: walk.wanted.size, missed: missed.map(walk.say), unseen: walk.unseen, hidden: walk.hidden });
        }
        """;
}
