// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Import.Falco;

/// <summary>What a field is, which says what it can be compared with.</summary>
internal enum FalcoKind
{
    Text,
    Number,
    Bool,

    /// <summary>An address, as text; compared with addresses and networks.</summary>
    Address,

    /// <summary>A list of names, such as the flags of open(2).</summary>
    Flags,

    /// <summary>A number that stands for a name.</summary>
    Named,

    /// <summary>Below 0 when the call failed; of what is not below 0 only that is known.</summary>
    Result,

    /// <summary>Only whether it is 0 is known: the expression gives true when it is not.</summary>
    Zero,
}

/// <summary>How a field is read from an event of ours.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Cel">The expression; a primary one, so that it can be followed by a dot.</param>
internal sealed record FalcoReading(FalcoKind Kind, string Cel)
{
    /// <summary>Shape: an expression; null = it is always there. What is not there is unlike everything.</summary>
    public string? Presence { get; init; }

    /// <summary>Shape: <c>list.exists(a, </c>: the reading is of an element; null = of one value.</summary>
    public string? ElementsOf { get; init; }

    /// <summary>Unlike means unlike all elements; else unlike any one.</summary>
    public bool UnlikeAll { get; init; }

    /// <summary>The numbers of the names.</summary>
    public IReadOnlyDictionary<string, long>? Names { get; init; }

    /// <summary>What is to be said of a name that our events never have; null = they may have it.</summary>
    public Func<string, Conditions.Approximation?>? NeverNamed { get; init; }

    public Conditions.Approximation? Remark { get; init; }

    /// <summary>Shape: what stands for a value that is not known, in those fields where Falco has a text for it.</summary>
    public bool SaysNotKnown { get; init; }

    public static FalcoReading Text(string cel, string? presence = null) => new(FalcoKind.Text, cel) { Presence = presence };

    public static FalcoReading Number(string cel, string? presence = null) => new(FalcoKind.Number, cel) { Presence = presence };

    public static FalcoReading Bool(string cel, string? presence = null) => new(FalcoKind.Bool, cel) { Presence = presence };
}
