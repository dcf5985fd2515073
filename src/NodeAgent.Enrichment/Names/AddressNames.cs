// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;

namespace NodeAgent.Enrichment.Names;

/// <summary>The names that one container has learned, least recently used first.</summary>
internal sealed class AddressNames
{
    private readonly Dictionary<NetAddress, LinkedListNode<Learned>> _byAddress = [];
    private readonly LinkedList<Learned> _order = [];

    public int Count => _byAddress.Count;

    /// <returns>True when the address is new here.</returns>
    public bool Set(NetAddress address, string name, ulong expiresNs)
    {
        bool added = !_byAddress.TryGetValue(address, out LinkedListNode<Learned>? node);
        if (added)
        {
            node = new LinkedListNode<Learned>(new Learned { Address = address });
            _byAddress[address] = node;
        }
        else
        {
            _order.Remove(node!);
        }

        node!.ValueRef.Name = name;
        node.ValueRef.ExpiresNs = expiresNs;
        _order.AddLast(node);
        return added;
    }

    public bool TryGet(NetAddress address, ulong nowNs, out string name)
    {
        name = string.Empty;
        if (!_byAddress.TryGetValue(address, out LinkedListNode<Learned>? node) || node.ValueRef.ExpiresNs < nowNs)
        {
            return false;
        }

        if (node != _order.Last)
        {
            _order.Remove(node);
            _order.AddLast(node);
        }

        name = node.ValueRef.Name;
        return true;
    }

    public void RemoveOldest()
    {
        if (_order.First is { } node)
        {
            _order.RemoveFirst();
            _byAddress.Remove(node.ValueRef.Address);
        }
    }

    private struct Learned
    {
        public NetAddress Address;
        public string Name;
        public ulong ExpiresNs;
    }
}
