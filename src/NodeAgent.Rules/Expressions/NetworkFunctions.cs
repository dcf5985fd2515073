// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.Events.Net;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.Expressions;

/// <summary>Addresses and names: <c>net.</c>, and the neighbours of the profile as <c>nn.</c> and <c>cp.</c></summary>
/// <remarks>Ports and protocols are compared: address, port and protocol must be those of one neighbour. Source: Kubescape's rules.</remarks>
internal static class NetworkFunctions
{
    public static void Declare(CelEnvironmentBuilder to, EventScope scope)
    {
        Test(to, scope, "net.is_private_ip", address => address.IsPrivate);
        Test(to, scope, "net.is_local_ip", address => address.IsLoopback || address.IsUnspecified);
        to.Function("net.in_cidr", CelType.Bool, [CelType.String, CelType.String], (context, a) => InBlock(context, scope, a[0].Text, a[1].Text));
        foreach (string prefix in (string[])["nn.", "cp.", "ap."])
        {
            ProfileFunctions.Ask(to, scope, prefix + "is_domain_in_egress", (profile, name) => profile.IsDomainInEgress(name.Span));
            ProfileFunctions.Ask(to, scope, prefix + "is_domain_in_ingress", (profile, name) => profile.IsDomainInIngress(name.Span));
            Ask(to, scope, prefix + "was_address_in_egress", (profile, address, now) => profile.IsAddressInEgress(address, now));
            Ask(to, scope, prefix + "was_address_in_ingress", (profile, address, now) => profile.IsAddressInIngress(address, now));
            AskPort(to, scope, prefix + "was_address_port_protocol_in_egress", (profile, address, port, protocol, now) => profile.IsAddressInEgress(address, port, protocol, now));
            AskPort(to, scope, prefix + "was_address_port_protocol_in_ingress", (profile, address, port, protocol, now) => profile.IsAddressInIngress(address, port, protocol, now));
        }
    }

    /// <returns>False for what is no address.</returns>
    public static bool TryParse(EventScope scope, CelText text, out NetAddress address)
    {
        // Nearly always it is the peer of the event, whose address need not be read.
        if (scope.Event.IsRemote(text.Span))
        {
            address = scope.Event.RemoteAddress;
            return true;
        }

        Span<char> characters = stackalloc char[AddressText.MaxLength + 8];
        address = default;
        return text.Length <= characters.Length
            && Ascii.ToUtf16(text.Span, characters, out int length) == System.Buffers.OperationStatus.Done
            && NetAddress.TryParse(characters[..length], out address);
    }

    // What is no address is in no network; what is no network is the rule's fault.
    private static CelValue InBlock(CelContext context, EventScope scope, CelText text, CelText block)
    {
        Span<char> characters = stackalloc char[AddressText.MaxLength + 8];
        if (block.Length > characters.Length
            || Ascii.ToUtf16(block.Span, characters, out int length) != System.Buffers.OperationStatus.Done
            || characters[..length].IndexOf('/') is not (> 0 and var slash)
            || !NetAddress.TryParse(characters[..slash], out NetAddress network)
            || !byte.TryParse(characters[(slash + 1)..length], System.Globalization.NumberStyles.None, null, out byte prefix)
            || prefix > (network.IsV6 ? 128 : 32))
        {
            return context.Fail(CelFault.Host, "net.in_cidr is asked for what is no network, such as 10.0.0.0/8");
        }

        int rest = (network.IsV6 ? 128 : 32) - prefix;
        return CelValue.Of(TryParse(scope, text, out NetAddress address) && address.IsV6 == network.IsV6
            && (rest == 128 || address.Value >> rest == network.Value >> rest));
    }

    private static void Test(CelEnvironmentBuilder to, EventScope scope, string name, Func<NetAddress, bool> test) =>
        to.Function(name, CelType.Bool, [CelType.String], (_, a) => CelValue.Of(TryParse(scope, a[0].Text, out NetAddress address) && test(address)));

    private static void Ask(CelEnvironmentBuilder to, EventScope scope, string name, Func<ProfileView, NetAddress, ulong, bool> ask) =>
        to.Function(name, (context, id, text) =>
            ProfileFunctions.TryAsk(context, scope, id, out ProfileView? profile)
            && TryParse(scope, text, out NetAddress address)
            && ask(profile, address, scope.Event.Header.TimeNs));

    private static void AskPort(
        CelEnvironmentBuilder to, EventScope scope, string name, Func<ProfileView, NetAddress, ushort, TransportProtocol, ulong, bool> ask) =>
        to.Function(name, CelType.Bool, [CelType.String, CelType.String, CelType.Int, CelType.String], (context, a) => CelValue.Of(
            ProfileFunctions.TryAsk(context, scope, a[0].Text, out ProfileView? profile)
            && TryParse(scope, a[1].Text, out NetAddress address)
            && a[2].Int is >= 0 and <= ushort.MaxValue
            && Words.ToProtocol(a[3].Text.Span) is var protocol && protocol != 0
            && ask(profile, address, (ushort)a[2].Int, protocol, scope.Event.Header.TimeNs)));
}
