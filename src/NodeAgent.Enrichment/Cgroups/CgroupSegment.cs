// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Cgroups;

/// <summary>What one directory name of a cgroup path can mean by itself. Errors: none, false or empty.</summary>
internal static class CgroupSegment
{
    private const int ContainerIdLength = 64;
    private const int PodUidLength = 36;
    private const int StaticPodUidLength = 32;

    /// <summary><c>ID</c>, <c>PREFIX-ID[.scope]</c> or <c>SLICE:PREFIX:ID</c>, where ID is 64 lower-case hex digits.</summary>
    /// <returns>False also for conmon, which sits beside its container and shares its id.</returns>
    public static bool TryHexContainer(ReadOnlySpan<byte> segment, out ReadOnlySpan<byte> prefix, out ReadOnlySpan<byte> id)
    {
        ReadOnlySpan<byte> name = segment.EndsWith(".scope"u8) ? segment[..^6] : segment;
        prefix = default;
        id = name;
        if (name.Length < ContainerIdLength || !IsLowerHex(name[^ContainerIdLength..]))
        {
            return false;
        }

        if (name.Length == ContainerIdLength)
        {
            return true;
        }

        id = name[^ContainerIdLength..];
        prefix = name[..^(ContainerIdLength + 1)];
        byte separator = name[prefix.Length];
        prefix = separator == ':' ? prefix[(prefix.LastIndexOf((byte)':') + 1)..] : prefix;
        return separator is (byte)'-' or (byte)':' && !prefix.IsEmpty && !prefix.EndsWith("conmon"u8);
    }

    /// <summary>Forms in which a runtime writes a name of the user's choice: <c>runc-NAME.scope</c>, <c>lxc.payload.NAME</c>.</summary>
    public static bool TryNamedContainer(ReadOnlySpan<byte> segment, out string runtime, out ReadOnlySpan<byte> name)
    {
        runtime = string.Empty;
        name = default;
        if (segment.EndsWith(".scope"u8) && segment.Length > 11 && segment[4] == '-')
        {
            name = segment[5..^6];
            runtime = segment.StartsWith("runc"u8) ? "runc" : segment.StartsWith("crun"u8) ? "crun" : string.Empty;
        }
        else if (segment.StartsWith("lxc.payload."u8) && segment.Length > 12)
        {
            name = segment[12..];
            runtime = "lxc";
        }

        return runtime.Length != 0;
    }

    /// <summary>A machine of systemd-nspawn, as its scope or its template service; libvirt's virtual machines are none.</summary>
    public static bool TryMachine(ReadOnlySpan<byte> segment, out ReadOnlySpan<byte> escapedName)
    {
        escapedName = default;
        if (segment.StartsWith("machine-"u8) && segment.EndsWith(".scope"u8))
        {
            escapedName = segment[8..^6];
            return !escapedName.IsEmpty && !escapedName.StartsWith("qemu\\x2d"u8);
        }

        if (segment.StartsWith("systemd-nspawn@"u8) && segment.EndsWith(".service"u8))
        {
            escapedName = segment[15..^8];
        }

        return !escapedName.IsEmpty;
    }

    /// <summary><c>podUID</c>, <c>…-podUID.slice</c> or <c>…-podUID.slice:…</c>; UID with <c>-</c> or <c>_</c>, or 32 hex (static pods).</summary>
    /// <param name="segment">One directory name.</param>
    /// <param name="uid">Shape: 8-4-4-4-12 lower-case hex, or 32 hex.</param>
    public static bool TryPodUid(ReadOnlySpan<byte> segment, out string uid)
    {
        uid = string.Empty;
        int slice = segment.IndexOf(".slice"u8);
        ReadOnlySpan<byte> name = slice >= 0 ? segment[..slice] : segment;
        int at = name.LastIndexOf("pod"u8);
        if (at < 0 || (at > 0 && (slice < 0 || name[at - 1] != '-')))
        {
            return false;
        }

        ReadOnlySpan<byte> raw = name[(at + 3)..];
        if (raw.Length == StaticPodUidLength && IsLowerHex(raw))
        {
            uid = System.Text.Encoding.ASCII.GetString(raw);
            return true;
        }

        if (raw.Length != PodUidLength)
        {
            return false;
        }

        Span<char> text = stackalloc char[PodUidLength];
        for (int i = 0; i < raw.Length; i++)
        {
            bool separator = i is 8 or 13 or 18 or 23;
            if (separator ? raw[i] is not ((byte)'-' or (byte)'_') : !IsLowerHex(raw.Slice(i, 1)))
            {
                return false;
            }

            text[i] = separator ? '-' : (char)raw[i];
        }

        uid = new string(text);
        return true;
    }

    /// <summary>Suffix of a unit that holds processes of its own.</summary>
    public static bool IsUnit(ReadOnlySpan<byte> segment) =>
        HasSuffix(segment, ".service"u8) || HasSuffix(segment, ".scope"u8) || HasSuffix(segment, ".socket"u8)
        || HasSuffix(segment, ".mount"u8) || HasSuffix(segment, ".swap"u8);

    public static bool IsSlice(ReadOnlySpan<byte> segment) => HasSuffix(segment, ".slice"u8);

    /// <summary>A user's own service manager: what lies below was named by that user.</summary>
    public static bool IsUserManager(ReadOnlySpan<byte> segment) => segment.StartsWith("user@"u8) && segment.EndsWith(".service"u8);

    /// <param name="prefix">What stands before a hex id, or the directory above a bare one.</param>
    public static string RuntimeOf(ReadOnlySpan<byte> prefix) =>
        prefix.SequenceEqual("cri-containerd"u8) || prefix.SequenceEqual("nerdctl"u8) || prefix.SequenceEqual("k8s.io"u8)
            || prefix.SequenceEqual("default"u8) ? "containerd"
        : prefix.SequenceEqual("crio"u8) ? "cri-o"
        : prefix.SequenceEqual("docker"u8) || prefix.SequenceEqual("moby"u8) ? "docker"
        : prefix.SequenceEqual("libpod"u8) || prefix.SequenceEqual("libpod-payload"u8) ? "podman"
        : prefix.SequenceEqual("runc"u8) ? "runc"
        : prefix.SequenceEqual("crun"u8) ? "crun"
        : string.Empty;

    private static bool HasSuffix(ReadOnlySpan<byte> segment, ReadOnlySpan<byte> suffix) =>
        segment.Length > suffix.Length && segment.EndsWith(suffix);

    private static bool IsLowerHex(ReadOnlySpan<byte> text)
    {
        foreach (byte value in text)
        {
            if (value is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')))
            {
                return false;
            }
        }

        return true;
    }
}
