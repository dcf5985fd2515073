// SPDX-License-Identifier: Apache-2.0
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using MappingStart = YamlDotNet.Core.Events.MappingStart;
using Scalar = YamlDotNet.Core.Events.Scalar;

namespace NodeAgent.Rules.Import.Yaml;

/// <summary>Reads YAML that anybody may have written: event by event, without recursion, and within bounds of depth and size.</summary>
internal sealed class ImportDocuments
{
    private readonly Stack<Open> _open = new();
    private readonly Dictionary<AnchorName, ImportValue> _anchors = [];
    private readonly List<ImportValue> _documents = [];
    private long _weight;

    private ImportDocuments()
    {
    }

    /// <returns>The documents that are not empty.</returns>
    /// <exception cref="FormatException">The message has the line.</exception>
    public static IReadOnlyList<ImportValue> Read(string text)
    {
        if (text.Length > ImportLimits.MaxFileLength)
        {
            throw new FormatException($"longer than {ImportLimits.MaxFileLength} characters");
        }

        var read = new ImportDocuments();
        var parser = new Parser(new StringReader(text));
        try
        {
            while (parser.MoveNext())
            {
                read.Take(parser.Current!);
            }
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The scanner's answer to some plain scalars that are none; it does not say where.
            throw new FormatException($"is no YAML: {e.Message}", e);
        }

        return read._documents;
    }

    private void Take(ParsingEvent @event)
    {
        switch (@event)
        {
            case DocumentStart:
                _anchors.Clear();
                _weight = 0;
                break;
            case MappingStart or SequenceStart:
                if (_open.Count >= ImportLimits.MaxYamlDepth)
                {
                    throw Fault(@event, $"more than {ImportLimits.MaxYamlDepth} levels");
                }

                _open.Push(new Open(@event.Start.Line, @event is MappingStart, ((NodeEvent)@event).Anchor));
                break;
            case MappingEnd or SequenceEnd:
                Open closed = _open.Pop();
                Add(@event, closed.IsMapping ? new ImportMapping(closed.Line, closed.Members) : new ImportSequence(closed.Line, closed.Values), closed.Anchor);
                break;
            case Scalar scalar:
                Add(@event, new ImportScalar(@event.Start.Line, WellFormed(scalar), scalar.Style == ScalarStyle.Plain), scalar.Anchor);
                break;
            case AnchorAlias alias:
                Add(@event, _anchors.GetValueOrDefault(alias.Value) ?? throw Fault(@event, $"the alias '{alias.Value}' names nothing"), AnchorName.Empty);
                break;
            default:
                break;
        }
    }

    private void Add(ParsingEvent @event, ImportValue value, AnchorName anchor)
    {
        _weight += @event is MappingEnd or SequenceEnd ? 1 : value.Weight;
        if (_weight > ImportLimits.MaxYamlValues || value.Weight > ImportLimits.MaxYamlValues)
        {
            throw Fault(@event, $"more than {ImportLimits.MaxYamlValues} values");
        }

        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = value;
        }

        if (!_open.TryPeek(out Open? parent))
        {
            if (value is not ImportScalar { IsNull: true })
            {
                _documents.Add(value);
            }
        }
        else if (!parent.IsMapping)
        {
            parent.Values.Add(value);
        }
        else if (parent.Key is null)
        {
            parent.Key = (value as ImportScalar)?.Value ?? throw Fault(@event, "a key must be text");
        }
        else if (!parent.Keys.Add(parent.Key))
        {
            throw Fault(@event, $"the key '{parent.Key}' is there twice");
        }
        else
        {
            parent.Members.Add(KeyValuePair.Create(parent.Key, value));
            parent.Key = null;
        }
    }

    // Half of a surrogate pair is no text, and could not be written again.
    private static string WellFormed(Scalar scalar)
    {
        for (int at = 0; at < scalar.Value.Length;)
        {
            at += Rune.TryGetRuneAt(scalar.Value, at, out Rune rune) ? rune.Utf16SequenceLength : throw Fault(scalar, "text with half of a surrogate pair");
        }

        return scalar.Value;
    }

    private static FormatException Fault(ParsingEvent @event, string fault) => new($"line {@event.Start.Line}: {fault}");

    private sealed class Open(long line, bool isMapping, AnchorName anchor)
    {
        public readonly List<ImportValue> Values = [];
        public readonly List<KeyValuePair<string, ImportValue>> Members = [];
        public readonly HashSet<string> Keys = new(StringComparer.Ordinal);

        public long Line { get; } = line;

        public bool IsMapping { get; } = isMapping;

        public AnchorName Anchor { get; } = anchor;

        public string? Key { get; set; }
    }
}
