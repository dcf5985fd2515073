// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>What the components do where a flag is not given, of all that bears on security. Source: their references of flags.</summary>
internal static class ComponentDefaults
{
    public static void Set(SettingList settings, string component)
    {
        foreach ((string key, object value) in Of(component))
        {
            settings.Set(key, value, SettingList.Default);
        }
    }

    private static (string Key, object Value)[] Of(string component) => component switch
    {
        "kube-apiserver" =>
        [
            ("anonymous-auth", true), ("profiling", true), ("request-timeout", "1m0s"), ("service-account-lookup", true), ("authorization-mode", new[] { "AlwaysAllow" }),
            ("audit-log-maxage", 0), ("audit-log-maxbackup", 0), ("audit-log-maxsize", 0), ("bind-address", "0.0.0.0"), ("secure-port", 6443), ("enable-bootstrap-token-auth", false),
        ],
        "kube-controller-manager" =>
        [
            ("profiling", true), ("terminated-pod-gc-threshold", 12500), ("use-service-account-credentials", false), ("bind-address", "0.0.0.0"), ("secure-port", 10257),
        ],
        "kube-scheduler" => [("profiling", true), ("bind-address", "0.0.0.0"), ("secure-port", 10259)],
        "etcd" => [("client-cert-auth", false), ("peer-client-cert-auth", false), ("auto-tls", false), ("peer-auto-tls", false)],
        _ => [],
    };
}
