// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>The envelope of Kubescape's HTTP exporter.</summary>
internal sealed class KubescapeFormat : IAlertFormat
{
    public string Name => "kubescape";

    public string Schema => "kubescape.io/v1 RuntimeAlerts";

    public bool IsJson => true;

    public void Write(RuntimeAlerts envelope, IBufferWriter<byte> output) => AlertJson.WriteObject(output, envelope);
}
