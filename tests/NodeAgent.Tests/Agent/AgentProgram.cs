// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Tests.Agent;

/// <summary>The built agent as a user has it.</summary>
internal static class AgentProgram
{
    /// <summary>TEST_NODE_AGENT, or what <c>make build</c> wrote.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("TEST_NODE_AGENT") ?? RepositoryRoot.File("out/node-agent");

    // An agent that was not published finds .NET by this; the tests run on the same one. Settings of whoever runs the tests are not ours.
    public static IReadOnlyDictionary<string, string?> Variables { get; } = new Dictionary<string, string?>(
        Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(k => k.StartsWith("NODE_AGENT_", StringComparison.Ordinal))
            .Select(k => new KeyValuePair<string, string?>(k, null)))
    {
        ["DOTNET_ROOT"] = System.IO.Path.GetFullPath(System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..")),
    };

    public static void SkipUnlessBuilt() => Assert.SkipUnless(File.Exists(Path), $"{Path} is missing: make build, or set TEST_NODE_AGENT");

    /// <summary>Why this machine cannot run it; null when it can.</summary>
    public static string? Missing => !File.Exists(Path) ? $"{Path} is missing: make build, or set TEST_NODE_AGENT"
        : !Environment.IsPrivilegedProcess ? "watching needs root"
        : KernelRequirements.Check().FirstOrDefault(p => p.IsFatal)?.Message;

    public static void SkipUnlessItCanWatch()
    {
        string? missing = Missing;
        Assert.SkipWhen(missing is not null, missing ?? string.Empty);
    }

    public static Task<ShellResult> RunAsync(params string[] arguments) =>
        ShellProcess.RunAsync(Path, arguments, Variables, TestContext.Current.CancellationToken);

    /// <summary>Runs it below another program, such as setpriv.</summary>
    public static Task<ShellResult> RunBelowAsync(string[] program, params string[] arguments) =>
        ShellProcess.RunAsync(program[0], [.. program[1..], Path, .. arguments], Variables, TestContext.Current.CancellationToken);
}
