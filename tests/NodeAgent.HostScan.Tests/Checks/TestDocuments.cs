// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Evaluation;
using NodeAgent.HostScan.Checks.Loading;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScan.Tests.Checks;

/// <summary>Scans and checks made of texts.</summary>
internal static class TestDocuments
{
    public const string Sysctl = """
        { "kernelVariables": [
            { "key": "kernel.kptr_restrict", "value": "0", "source": "/proc/sys/kernel/kptr_restrict" },
            { "key": "kernel.dmesg_restrict", "value": "1", "source": "/proc/sys/kernel/dmesg_restrict" } ] }
        """;

    public static readonly string[] Variables = ["sysctl", "sshd", "kubelet", "files"];

    public static HostDocument Document(string kind, string variable, string? spec, string? error = null) =>
        new(kind, variable, spec is null ? null : JsonSerializer.Deserialize<JsonElement>(spec), error, TimeSpan.Zero);

    public static HostScanResult Scan(params HostDocument[] documents) => new("node-1", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1), documents);

    public static HostScanResult SysctlScan() => Scan(Document("LinuxKernelVariables", "sysctl", Sysctl));

    /// <param name="body">Shape: members of one check after its id, as YAML with four blanks before each line.</param>
    public static string File(string body, string id = "T-1", string set = "test") => $"""
        id: {set}
        name: Tests
        checks:
          - id: {id}
            title: A title
            rationale: A reason
            severity: high
            remediation: Do this
        {body}
        """;

    public static CheckEngine Engine(params string[] files) =>
        CheckEngine.Compile(CheckLibrary.Of(files.Select((text, number) => ($"file{number}.yaml", text))), Variables);

    public static CheckResult Judge(string body, params HostDocument[] documents)
    {
        CheckEngine engine = Engine(File(body));
        Assert.Empty(engine.Issues);
        return Assert.Single(engine.Judge(Scan(documents)));
    }
}
