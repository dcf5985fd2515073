// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Accounts;
using NodeAgent.HostScan.Processes;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors;

/// <summary>What more than one sensor of a scan asks of the host, read once, when it is first asked for.</summary>
public sealed class SharedReads(HostRoot root)
{
    private HostProcesses? _processes;
    private HostAccounts? _accounts;

    public HostAccounts Accounts => _accounts ??= HostAccounts.Read(root);

    public HostProcesses Processes(CancellationToken stop) => _processes ??= HostProcesses.Read(root, stop);
}
