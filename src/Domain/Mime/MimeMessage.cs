using System.Buffers;

namespace Postern.Domain.Mime;

/// <summary>A message taken apart: a tree of parts that point into the content, and the faults met on the way.</summary>
/// <remarks>Content is read once, forward, line by line, in any number of segments; memory grows with the number of fields and
/// parts, which are bounded, and never with the size of the content. Nothing in the content makes it throw.</remarks>
public sealed class MimeMessage
{
    internal MimeMessage(in ReadOnlySequence<byte> content, MimePart root, MimeFaults faults, IReadOnlyList<MimeFault> list)
    {
        Content = content;
        Root = root;
        Faults = faults;
        FaultList = list;
    }

    public ReadOnlySequence<byte> Content { get; }

    public MimePart Root { get; }

    /// <summary>The kinds of all faults met.</summary>
    public MimeFaults Faults { get; }

    /// <summary>The first faults one by one, with their places.</summary>
    public IReadOnlyList<MimeFault> FaultList { get; }

    public static MimeMessage Read(in ReadOnlySequence<byte> content, MimeLimits? limits = null) =>
        new MimeReader(content, limits ?? MimeLimits.Standard).Read();

    public static MimeMessage Read(ReadOnlyMemory<byte> content, MimeLimits? limits = null) =>
        Read(new ReadOnlySequence<byte>(content), limits);
}
