// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Expressions;

/// <summary>What a rule's expression looks at. The names in rules are those of <see cref="RuleEventTypes"/>.</summary>
public enum RuleEventType
{
    Exec,
    Open,
    Syscall,
    Capabilities,
    Dns,
    Network,
    Ssh,
    Http,
    Kmod,
    Bpf,
    Ptrace,
    Unshare,
    Randomx,
    Symlink,
    Hardlink,
    IoUring,
    Fork,
    Exit,

    /// <summary>Requests to the API server: no node sees them, an admission webhook does.</summary>
    Admission,
}

/// <summary>The names of the event types.</summary>
public static class RuleEventTypes
{
    private static readonly string[] Names =
    [
        "exec", "open", "syscall", "capabilities", "dns", "network", "ssh", "http", "kmod", "bpf", "ptrace", "unshare", "randomx",
        "symlink", "hardlink", "iouring", "fork", "exit", "k8s-admission",
    ];

    public static int Count => Names.Length;

    /// <summary>Shape: what a rule's <c>eventType</c> may say.</summary>
    public static IReadOnlyList<string> All => Names;

    public static string NameOf(RuleEventType type) => Names[(int)type];

    public static bool TryParse(string? name, out RuleEventType type)
    {
        int at = Array.IndexOf(Names, name);
        type = (RuleEventType)Math.Max(at, 0);
        return at >= 0;
    }
}
