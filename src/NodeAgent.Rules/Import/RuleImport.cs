// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;

namespace NodeAgent.Rules.Import;

/// <summary>One file to read.</summary>
/// <param name="Name">As remarks name it.</param>
public sealed record ImportSource(string Name, string Text)
{
    /// <exception cref="FormatException">It is longer than an import takes.</exception>
    public static ImportSource Read(string name, TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        char[] buffer = new char[ImportLimits.MaxFileLength + 1];
        int length = reader.ReadBlock(buffer, 0, buffer.Length);
        return length <= ImportLimits.MaxFileLength ? new ImportSource(name, new string(buffer, 0, length)) : throw new FormatException($"is longer than {ImportLimits.MaxFileLength} characters");
    }
}

/// <summary>What became of files of rules in another language.</summary>
/// <param name="Rules">Those that were taken over. Each compiles.</param>
/// <param name="Remarks">In the order of the files.</param>
/// <param name="Read">Units: rules that the files have.</param>
public sealed record RuleImport(IReadOnlyList<RuntimeRule> Rules, IReadOnlyList<ImportRemark> Remarks, int Read)
{
    public int Refused => Read - Rules.Count;

    /// <summary>All in one object.</summary>
    /// <param name="name">Of the object.</param>
    public RulesObject ToObject(string name) => new() { Metadata = new() { Name = name }, Spec = new RulesSpec { Rules = Rules } };
}
