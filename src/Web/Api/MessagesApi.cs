using Postern.Infrastructure.Queue;

namespace Postern.Web.Api;

/// <summary><c>messages</c>: what was accepted, what became of each, and the content as it came in.</summary>
internal static class MessagesApi
{
    private const string Tag = "Messages";

    private static readonly ApiParameter Sender = new("sender", "Only senders that contain this; <> is the null sender");
    private static readonly ApiParameter Recipient = new("recipient", "Only messages with a recipient that contains this");
    private static readonly ApiParameter Subject = new("subject", "Only subjects that contain this");
    private static readonly ApiParameter HeaderId = new("id", "Only the message with this Message-ID");
    private static readonly ApiParameter Report = new("report", "yes: only reports; no: none");
    private static readonly ApiParameter Days = new("days", "Only what was accepted in the last so many days; quick where the others look through everything", 1, 3_650);

    public static void MapMessages(this IEndpointRouteBuilder api)
    {
        api.MapGet("/messages", ListAsync).Answers<MessageAnswers>(
            Tag, "Messages, newest first", "As they were accepted, as long as history is kept.",
            [Sender, Recipient, Subject, HeaderId, Report, Days, ApiParameter.Limit, ApiParameter.After]);
        api.MapGet("/messages/{id:long}", OneAsync).Answers<MessageAnswer>(
            Tag, "One message with its deliveries", $"The first {MessageView.MostDeliveries} deliveries and {MessageView.MostHappenings} steps.", [], 404);
        api.MapGet("/messages/{id:long}/content", ContentAsync)
            .WithTags(Tag).WithSummary("The content of a message").WithDescription("The bytes as they were accepted, as a file. Content is kept for some days after the last delivery has ended.")
            .WithMetadata(new ApiParameters([])).Produces<Stream>(200, "message/rfc822").Fails(404, 409, 410);
    }

    private static async Task<IResult> ListAsync(HttpContext context, MessageList messages)
    {
        var asked = ApiPage.Of(context, "messages");
        var days = Days.NumberIn(context.Request);
        var filter = new MessageFilter
        {
            Sender = Sender.In(context.Request),
            Recipient = Recipient.In(context.Request),
            Subject = Subject.In(context.Request),
            HeaderId = HeaderId.In(context.Request),
            IsReport = Report.In(context.Request) switch
            {
                "" => null,
                "yes" => true,
                "no" => false,
                _ => throw ApiException.Unclear("report is yes or no."),
            },
            YoungerThan = days is { } count ? TimeSpan.FromDays(count) : null,
            Before = asked.Number,
        };
        var (rows, next) = await messages.PageAsync(filter, asked.Limit, context.RequestAborted);
        return Results.Ok(new MessageAnswers(rows, asked.Next(next)));
    }

    private static async Task<IResult> OneAsync(long id, HttpContext context, MessageView messages)
    {
        if (await messages.FindAsync(id, context.RequestAborted) is not { } found || found.Message.Id != id)
        {
            throw Missing(id);
        }

        var isCut = found.Deliveries.Count < found.Message.Recipients || found.Happenings.Count >= MessageView.MostHappenings;
        return Results.Ok(new MessageAnswer(found.Message, found.Deliveries, found.Happenings, isCut));
    }

    private static async Task<IResult> ContentAsync(long id, HttpContext context, MessageView messages, MessageViewContent contents)
    {
        if (await messages.RowAsync(id, context.RequestAborted) is not { } message || message.Id != id)
        {
            throw Missing(id);
        }

        // What was accepted never changes.
        if (ApiTag.IsKnown(context, $"message-{id}"))
        {
            return Results.StatusCode(StatusCodes.Status304NotModified);
        }

        try
        {
            using var bytes = await contents.OpenAsync(message, context.RequestAborted);
            if (bytes is null)
            {
                context.Response.Headers.Remove("ETag");
                throw new ApiException(StatusCodes.Status410Gone, Components.Messages.MessageReader.Gone(await contents.RemovedAsync(message, context.RequestAborted)));
            }

            await MessageDownloads.WriteAsync(context, "message/rfc822", $"message-{id}.eml", bytes);
            return Results.Empty;
        }
        catch (ContentDamagedException e)
        {
            throw ApiException.Refused($"{char.ToUpperInvariant(e.Message[0])}{e.Message[1..]}.");
        }
    }

    private static ApiException Missing(long id) => ApiException.Missing($"There is no message {id}.");
}
