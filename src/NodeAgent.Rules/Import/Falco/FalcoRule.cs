// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Import.Yaml;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>A rule as the files say it so far: later parts of them may append to it and replace what it says.</summary>
internal sealed class FalcoRule(string name, string source, long line)
{
    public string Name { get; } = name;

    public string Source { get; } = source;

    public long Line { get; } = line;

    public string? Condition { get; set; }

    public string Description { get; set; } = string.Empty;

    public string Output { get; set; } = string.Empty;

    public string Priority { get; set; } = string.Empty;

    /// <summary>Shape: <c>syscall</c>, or a plugin's.</summary>
    public string EventSource { get; set; } = "syscall";

    public bool Enabled { get; set; } = true;

    public List<string> Tags { get; } = [];

    public List<FalcoException> Exceptions { get; } = [];

    /// <summary>What is wrong with how it is written.</summary>
    public List<string> Faults { get; } = [];
}

/// <summary>What a rule leaves out: events where all fields compare with all values of a row.</summary>
internal sealed class FalcoException(string name, long line)
{
    public string Name { get; } = name;

    public long Line { get; } = line;

    /// <summary>A single field, whose values are one list.</summary>
    public bool IsSingle { get; set; }

    public List<string> Fields { get; } = [];

    public List<string> Operators { get; } = [];

    public List<ImportValue> Values { get; } = [];
}
