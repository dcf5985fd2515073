// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;

namespace NodeAgent.Enrichment.Peers;

/// <summary>Those who had one address at one time, and who of them is meant.</summary>
internal struct PeerCandidates
{
    private PeerObject? _holder;
    private PeerObject? _service;
    private PeerObject? _otherPorts;
    private PeerObject? _endpoint;
    private PeerRoles _roles;
    private ushort _target;
    private bool _severalHolders;
    private bool _severalServices;
    private bool _severalOtherPorts;

    public void Add(PeerObject item, ushort port, TransportProtocol protocol)
    {
        switch (item.Kind)
        {
            case PeerKind.Service when item.TryGetPort(port, protocol, out PeerPort found):
                _severalServices |= _service is not null;
                (_service, _target) = (item, found.TargetPort);
                break;
            case PeerKind.Service:
                _severalOtherPorts |= _otherPorts is not null;
                _otherPorts = item;
                break;
            case PeerKind.Endpoint when item.TryGetPort(port, protocol, out _):
                _roles |= item.Roles;
                _endpoint = item;
                break;
            case PeerKind.Endpoint:
                break;
            default:
                _severalHolders |= _holder is not null;
                _holder = item;
                break;
        }
    }

    // A service that is called at one of its ports goes first: load balancers give nodes' addresses to services.
    public readonly PeerMatch Decide(ushort port, TransportProtocol protocol) =>
        _severalServices || (_service is null && _severalHolders) ? new PeerMatch(PeerKind.Ambiguous, PeerRoles.None, null, 0)
        : _service is not null ? new PeerMatch(PeerKind.Service, _service.Roles, _service, _target)
        : _holder is not null ? Holder(_holder, port, protocol)
        : _endpoint is not null ? new PeerMatch(PeerKind.Endpoint, _roles, _endpoint, port)
        : _severalOtherPorts ? new PeerMatch(PeerKind.Ambiguous, PeerRoles.None, null, 0)
        : _otherPorts is not null ? new PeerMatch(PeerKind.Service, _otherPorts.Roles, _otherPorts, 0)
        : new PeerMatch(PeerKind.Unknown, PeerRoles.None, null, 0);

    private readonly PeerMatch Holder(PeerObject holder, ushort port, TransportProtocol protocol)
    {
        PeerRoles roles = holder.Roles | _roles;
        if (holder.Kind != PeerKind.Node)
        {
            return new PeerMatch(holder.Kind, roles, holder, 0);
        }

        bool isKubelet = port != 0 && port == holder.KubeletPort && protocol == TransportProtocol.Tcp;
        return new PeerMatch(holder.IsHost ? PeerKind.Host : PeerKind.Node, isKubelet ? roles | PeerRoles.Kubelet : roles, holder, 0);
    }
}
