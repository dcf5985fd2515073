// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.TestSupport.Containerd;

/// <summary>A CNI plugin that gives a pod's namespace an address in words only: pods have networks of their own, and the machine gets no interface.</summary>
/// <remarks>Source: the CNI specification 0.4.0.</remarks>
internal static class TestNetworkPlugin
{
    private const string Script = """
        #!/bin/sh
        case $CNI_COMMAND in
        VERSION) echo '{"cniVersion":"0.4.0","supportedVersions":["0.3.1","0.4.0"]}' ;;
        ADD) echo "{\"cniVersion\":\"0.4.0\",\"interfaces\":[{\"name\":\"$CNI_IFNAME\",\"sandbox\":\"$CNI_NETNS\"}],\"ips\":[{\"version\":\"4\",\"address\":\"192.0.2.7/24\",\"interface\":0}]}" ;;
        esac

        """;

    private const string Configuration = """{"cniVersion":"0.4.0","name":"words","plugins":[{"type":"words"}]}""";

    /// <param name="folder">Gets <c>bin</c> and <c>conf</c>.</param>
    public static void Write(string folder)
    {
        string bin = Path.Combine(folder, "bin"), conf = Path.Combine(folder, "conf");
        Directory.CreateDirectory(bin);
        Directory.CreateDirectory(conf);
        File.WriteAllText(Path.Combine(conf, "10-words.conflist"), Configuration);

        // Each runtime asks for a plugin of this name too.
        foreach (string name in (string[])["words", "loopback"])
        {
            string path = Path.Combine(bin, name);
            File.WriteAllText(path, Script);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
