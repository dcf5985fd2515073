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
        ReadOnlySpan<byte> path = Rooted(head.Path);
        if (PathText.IsPlain(path))
        {
            TakeRequest(profile, service, path, method, host[..hostLength], payload.Payload);
            return;
        }

        Span<byte> buffer = Buffer(path.Length, stackalloc byte[StackText]);
        TakeRequest(profile, service, PathText.Write(path, buffer), method, host[..hostLength], payload.Payload);
    }

    private static bool Add(HttpServiceSet services, HttpServiceKey key, ReadOnlySpan<byte> path, uint method, ReadOnlySpan<byte> host, ReadOnlySpan<byte> message)
    {
        HttpService service = services.At(key);
        return service.Add(path, service.MaskOf(method, host) | HeadersOf(message, service));
    }

    // As far as the probe's copy holds them: those that it cut off may be told another time.
    private static ulong HeadersOf(ReadOnlySpan<byte> message, HttpService service)
    {
        ulong mask = 0;
        var reader = new HttpMessageReader(message);
        HttpReadResult result = reader.ReadRequestLine(out _);
        while (result == HttpReadResult.Ok && (result = reader.ReadHeader(out HttpHeader header)) == HttpReadResult.Ok)
        {
            if (HttpHeaders.IndexOf(header.Name) is >= 0 and int kept)
            {
                mask |= service.MaskOf(kept, header.Value);
            }
        }

        return mask;
    }

    // "OPTIONS *" is about the server as a whole, as "/" is.
    private static ReadOnlySpan<byte> Rooted(ReadOnlySpan<byte> path) => path.IsEmpty || path[0] != (byte)'/' ? NoPath : path;
}
