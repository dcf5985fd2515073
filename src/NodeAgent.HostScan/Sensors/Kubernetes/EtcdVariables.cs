// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>etcd's other two ways to be configured: variables, over which flags go, and a file, which goes over all. Source: etcd.io, configuration options.</summary>
internal static class EtcdVariables
{
    private const string Prefix = "ETCD_";

    /// <summary>ETCD_CERT_FILE is --cert-file.</summary>
    public static void Set(SettingList settings, StaticPod pod)
    {
        foreach ((string name, (string value, int line)) in pod.Variables.Where(variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string flag = name[Prefix.Length..].Replace('_', '-').ToLowerInvariant();
            settings.Set(flag, new ProgramFlag(flag, value, pod.Path, line).Typed(), pod.Path, line);
        }
    }

    /// <summary>The members of its two maps for TLS are flags of the same name; those for peers have a word before them.</summary>
    public static void SetFile(SettingList settings, ConfigNode file, string path)
    {
        foreach ((string name, ConfigNode value) in file.Members)
        {
            string prefix = name == "peer-transport-security" ? "peer-" : string.Empty;
            if (value.IsMap && name is "client-transport-security" or "peer-transport-security")
            {
                foreach ((string member, ConfigNode inner) in value.Members)
                {
                    settings.Set(prefix + member, inner.Scalar, path, inner.Line);
                }
            }
            else
            {
                settings.Set(name, value.Scalar, path, value.Line);
            }
        }
    }
}
