namespace Postern.Domain.Directory.Rows;

/// <summary>What a row of a partner's directory stands for.</summary>
public enum RowKind
{
    Person, List, Board, PostOffice,
}
