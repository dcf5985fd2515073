// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

// What a profile lists; every list is a set, and sorted by who writes it so that equal profiles are equal texts.
namespace NodeAgent.Api.SoftwareComposition;

/// <summary>One way an executable was started.</summary>
public sealed record ExecCalls
{
    public string? Path { get; init; }

    /// <summary>Shape: argv, argv[0] included; <c>⋯</c> one argument, <c>⋯⋯</c> any number of them.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    public IReadOnlyList<string>? Envs { get; init; }

    /// <summary>True: an exec is covered by this entry only when its arguments match too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool ArgsRequired { get; init; }
}

/// <summary>One opened path.</summary>
public sealed record OpenCalls
{
    /// <summary>Shape: absolute; <c>⋯</c> one segment, <c>*</c> any number of segments.</summary>
    public string? Path { get; init; }

    /// <summary>Shape: names of open(2) flags, such as <c>O_RDONLY</c>, sorted.</summary>
    public IReadOnlyList<string>? Flags { get; init; }
}

/// <summary>One HTTP endpoint.</summary>
public sealed record HttpEndpoint
{
    /// <summary>Shape: <c>:80/path</c>; port 0 = any.</summary>
    public string? Endpoint { get; init; }

    public IReadOnlyList<string>? Methods { get; init; }

    public bool Internal { get; init; }

    /// <summary>Shape: <c>inbound</c> or <c>outbound</c>.</summary>
    public string? Direction { get; init; }

    /// <summary>Shape: a JSON object of name → values.</summary>
    public JsonElement? Headers { get; init; }
}

/// <summary>What a profile allows one rule.</summary>
public sealed record RulePolicy
{
    public IReadOnlyList<string>? ProcessAllowed { get; init; }

    public bool? ContainerAllowed { get; init; }
}

/// <summary>One remembered call stack.</summary>
public sealed record IdentifiedCallStack
{
    public string? CallID { get; init; }

    public CallStack? CallStack { get; init; }
}

public sealed record CallStack
{
    public CallStackNode? Root { get; init; }
}

public sealed record CallStackNode
{
    public IReadOnlyList<CallStackNode>? Children { get; init; }

    public StackFrame? Frame { get; init; }
}

public sealed record StackFrame
{
    public string? FileID { get; init; }

    public string? Lineno { get; init; }

    public string? FrameType { get; init; }
}
