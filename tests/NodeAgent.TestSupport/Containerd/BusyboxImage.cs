// SPDX-License-Identifier: Apache-2.0
using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.TestSupport.Containerd;

/// <summary>An image of busybox alone, made here: no registry is needed.</summary>
public static class BusyboxImage
{
    public const string Name = "docker.io/library/na-busybox:1";

    /// <summary>What <c>/etc/issue</c> holds in it.</summary>
    public const string Issue = "an image\n";

    private static readonly string[] Applets = ["sh", "sleep", "true", "cat", "ls", "echo"];

    /// <summary>Writes an archive as <c>docker save</c> makes it.</summary>
    public static void Write(string path)
    {
        byte[] layer = Layer();
        byte[] config = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["architecture"] = System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString() == "Arm64" ? "arm64" : "amd64",
            ["os"] = "linux",
            ["config"] = new JsonObject { ["Cmd"] = new JsonArray("/bin/sleep", "1000000"), ["Env"] = new JsonArray("PATH=/bin") },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray("sha256:" + Hash(layer)) },
        }.ToJsonString());
        byte[] manifest = Encoding.UTF8.GetBytes(new JsonArray(new JsonObject
        {
            ["Config"] = "config.json",
            ["RepoTags"] = new JsonArray(Name),
            ["Layers"] = new JsonArray("layer.tar"),
        }).ToJsonString());
        using FileStream file = File.Create(path);
        using var archive = new TarWriter(file);
        Add(archive, "manifest.json", manifest);
        Add(archive, "config.json", config);
        Add(archive, "layer.tar", layer);
    }

    private static byte[] Layer()
    {
        using var buffer = new MemoryStream();
        using (var archive = new TarWriter(buffer, leaveOpen: true))
        {
            foreach (string directory in (string[])["bin", "etc", "proc", "sys", "dev", "tmp"])
            {
                archive.WriteEntry(new PaxTarEntry(TarEntryType.Directory, directory + "/") { Mode = (UnixFileMode)0x1ed });
            }

            Add(archive, "bin/busybox", File.ReadAllBytes("/bin/busybox"), (UnixFileMode)0x1ed);
            Add(archive, "etc/issue", Encoding.UTF8.GetBytes(Issue));
            foreach (string applet in Applets)
            {
                archive.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
            }
        }

        return buffer.ToArray();
    }

    private static void Add(TarWriter archive, string name, byte[] content, UnixFileMode mode = (UnixFileMode)0x1a4)
    {
        using var stream = new MemoryStream(content);
        archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = stream, Mode = mode });
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
