// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>Asks the metadata services of clouds whether they answer this node.</summary>
public interface IMetadataServices
{
    /// <summary>Takes at most about a second, and tells what had answered by then.</summary>
    /// <returns>Sorted by service; only those that answered at all.</returns>
    IReadOnlyList<MetadataAccess> Ask(CancellationToken stop);
}
