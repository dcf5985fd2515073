// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.HostScan.Tests.Layouts;

/// <summary>What several layouts have alike.</summary>
internal static class LayoutParts
{
    public const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode Readable = Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    public const UnixFileMode Open = Readable | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Accounts in which whoever runs the tests, and so owns the files, has this name.</summary>
    public static HostTree Accounts(this HostTree tree, string owner = "root")
    {
        string[] lines = File.ReadAllLines("/proc/self/status");
        string uid = Number(lines, "Uid:");
        string gid = Number(lines, "Gid:");
        string others = uid == "0" ? string.Empty : "zero:x:0:0::/:/bin/false\n";
        return tree.File("/etc/passwd", $"{owner}:x:{uid}:{gid}:{owner}:/root:/bin/sh\n{others}", Readable).File("/etc/group", $"{owner}:x:{gid}:\n", Readable);
    }

    public static HostTree Debian(this HostTree tree) => tree
        .File("/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nID=debian\nVERSION_ID=\"13\"\n", Readable)
        .File("/proc/version", "Linux version 6.12.0-1-amd64 (debian-kernel@lists.debian.org)\n", Readable);

    /// <summary>Shape: kubeconfig with all three ways to hold a credential.</summary>
    public static string KubeConfig(Secrets secrets, string place) => $"""
        apiVersion: v1
        kind: Config
        clusters:
        - name: kubernetes
          cluster: {"{"}server: "https://10.0.0.1:6443", certificate-authority-data: LS0t{"}"}
        users:
        - name: someone
          user:
            token: {secrets[place + " token"]}
            password: {secrets[place + " password"]}
            client-key-data: {secrets[place + " client-key-data"]}
        """;

    private static string Number(string[] status, string name) =>
        int.Parse(status.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split('\t')[2], CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
}
