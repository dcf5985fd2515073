// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Http;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;

namespace NodeAgent.Profiles.Learning;

// HTTP requests, served and made.
public sealed partial class ProfileLearner
{
    private static ReadOnlySpan<byte> NoPath => "/"u8; // of CONNECT, which names a host only

    /// <remarks>
    /// A request whose target was cut teaches nothing: a part of a path is another path. One with two different hosts teaches the
    /// one that came first, as it is not known which the server believes.
    /// </remarks>
    public void OnPayload(in PayloadEvent payload, EventSubject subject)
    {
        if (payload.Record.Protocol != PayloadProtocol.HttpRequest || payload.Record.Direction == FlowDirection.Unknown
            || Following(subject, payload.Record.Header.TimeNs) is not { } profile)
        {
            return;
        }

        if (!HttpRequestHead.TryRead(payload.Payload, out HttpRequestHead head) || head.Line.MinorVersion < 0
            || HttpMethods.ToBit(head.Method) is not (> 0 and uint method) || head.Host.Length > HttpService.MaxHostLength
            || !System.Text.Ascii.IsValid(head.Host))
        {
            _metrics.Unusable++;
            return;
        }

        bool outbound = payload.Record.Direction == FlowDirection.Outbound;
        NetAddress peer = payload.RemoteAddress;
        var service = new HttpServiceKey(
            outbound ? payload.Record.RemotePort : payload.Record.LocalPort, outbound, peer.IsPrivate || peer.IsLoopback);
        Span<byte> host = stackalloc byte[HttpService.MaxHostLength];
        System.Text.Ascii.ToLower(head.Host, host, out int hostLength);
        LearnRequest(profile, service, Rooted(head.Path), method, host[..hostLength]);
    }

    private void LearnRequest(LearnedProfile profile, HttpServiceKey service, ReadOnlySpan<byte> path, uint method, ReadOnlySpan<byte> host)
    {
        if (PathText.IsPlain(path))
        {
            TakeRequest(profile, service, path, method, host);
            return;
        }

        Span<byte> buffer = Buffer(path.Length, stackalloc byte[StackText]);
        TakeRequest(profile, service, PathText.Write(path, buffer), method, host);
    }

    // "OPTIONS *" is about the server as a whole, as "/" is.
    private static ReadOnlySpan<byte> Rooted(ReadOnlySpan<byte> path) => path.IsEmpty || path[0] != (byte)'/' ? NoPath : path;
}
