namespace Postern.Domain.Queue;

/// <summary>Which of the deliveries that are due for one destination goes first. The number is what the database keeps.</summary>
public enum DeliveryPriority
{
    /// <summary>After everything else that is due.</summary>
    Low = -1,

    /// <summary>What every delivery starts with.</summary>
    Normal = 0,

    /// <summary>Before everything else that is due.</summary>
    High = 1,
}
