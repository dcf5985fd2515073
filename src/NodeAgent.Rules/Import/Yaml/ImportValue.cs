// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Rules.Import.Yaml;

/// <summary>A value of a YAML document, with the line where it begins; immutable. An alias is the value that it names.</summary>
internal abstract record ImportValue(long Line)
{
    /// <summary>How much it is with every alias written out; bounds what a small file can become.</summary>
    public long Weight { get; protected init; } = 1;

    /// <summary>The text of a scalar; null of anything else, and of a plain <c>null</c>.</summary>
    public string? Text => this is ImportScalar { IsNull: false } scalar ? scalar.Value : null;

    public IReadOnlyList<ImportValue> Items => this is ImportSequence sequence ? sequence.Values : [];

    public ImportValue? this[string key] => this is ImportMapping mapping ? mapping.Find(key) : null;
}

/// <param name="Value">Shape: as it is written, so that <c>010</c> and <c>1.10</c> stay what they are.</param>
/// <param name="IsPlain">Written without quotes.</param>
internal sealed record ImportScalar(long Line, string Value, bool IsPlain) : ImportValue(Line)
{
    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";

    public bool IsNumber => IsPlain && double.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    /// <summary>Null for what is neither.</summary>
    public bool? Bool => !IsPlain ? null : Value switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };
}

internal sealed record ImportSequence : ImportValue
{
    public ImportSequence(long line, IReadOnlyList<ImportValue> values)
        : base(line) => (Values, Weight) = (values, 1 + values.Sum(value => value.Weight));

    public IReadOnlyList<ImportValue> Values { get; }
}

internal sealed record ImportMapping : ImportValue
{
    private readonly Dictionary<string, ImportValue> _byKey;

    /// <param name="members">Each key once.</param>
    public ImportMapping(long line, IReadOnlyList<KeyValuePair<string, ImportValue>> members)
        : base(line)
    {
        Members = members;
        Weight = 1 + members.Sum(member => member.Value.Weight);
        _byKey = new Dictionary<string, ImportValue>(members, StringComparer.Ordinal);
    }

    public IReadOnlyList<KeyValuePair<string, ImportValue>> Members { get; }

    public ImportValue? Find(string key) => _byKey.GetValueOrDefault(key);
}
