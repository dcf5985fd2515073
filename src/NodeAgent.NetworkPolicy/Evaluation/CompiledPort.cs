// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Networking;

namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>One entry of <c>ports</c>.</summary>
internal sealed class CompiledPort
{
    private const int MaxNameLength = 15; // IANA_SVC_NAME, as the API server checks it

    private readonly string _protocol;
    private readonly string? _name;
    private readonly int _first;
    private readonly int _last;

    private CompiledPort(string protocol, string? name, int first, int last)
    {
        _protocol = protocol;
        _name = name;
        _first = first;
        _last = last;
    }

    internal static CompiledPort Of(NetworkPolicyPort? given, string path, List<string> faults)
    {
        NetworkPolicyPort port = given ?? new NetworkPolicyPort(); // null in a list is what an empty entry is
        string protocol = port.Protocol ?? "TCP";
        if (protocol is not ("TCP" or "UDP" or "SCTP"))
        {
            faults.Add($"{path}.protocol: '{protocol}' is none of TCP, UDP, SCTP");
        }

        if (port.Port is not { Text: null } number)
        {
            if (port.EndPort is not null)
            {
                faults.Add($"{path}.endPort: only beside a port that is a number");
            }

            if (port.Port is { Text: { } name } && name.Length is 0 or > MaxNameLength)
            {
                faults.Add($"{path}.port: '{name}' is no name of a port");
            }

            return new CompiledPort(protocol, port.Port?.Text, 0, ushort.MaxValue);
        }

        if (number.Number is < 1 or > ushort.MaxValue)
        {
            faults.Add($"{path}.port: {number} is not between 1 and 65535");
        }

        int last = port.EndPort ?? number.Number;
        if (last < number.Number || last > ushort.MaxValue)
        {
            faults.Add($"{path}.endPort: {last} is not between {number} and 65535");
        }

        return new CompiledPort(protocol, null, number.Number, last);
    }

    /// <param name="server">The end that is connected to: a name is one of its ports'.</param>
    internal bool Matches(string protocol, int port, FlowEnd server)
    {
        if (protocol != _protocol)
        {
            return false;
        }

        if (_name is null)
        {
            return port >= _first && port <= _last;
        }

        foreach (NamedPort named in server.Ports)
        {
            if (named.Port == port && named.Protocol == protocol && named.Name == _name)
            {
                return true;
            }
        }

        return false;
    }
}
