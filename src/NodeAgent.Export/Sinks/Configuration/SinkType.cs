// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Configuration;

/// <summary>What a sink is; in the configuration in camelCase.</summary>
public enum SinkType
{
    Stdout,
    File,
    SyslogUdp,
    SyslogTcp,
    SyslogTls,
    Webhook,
    Alertmanager,
    Otlp,
    Splunk,
    Elasticsearch,
    Loki,
    KubernetesEvents,
}
