// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.Events.Http;

namespace NodeAgent.Rules.Expressions;

/// <summary>The variable <c>http</c>: the request of an event of that type.</summary>
internal sealed class HttpObject(EventScope scope) : CelObject
{
    public static readonly CelObjectType<HttpObject> Type = new CelObjectType<HttpObject>("na.http")
        .Value("request", CelType.Object(HttpRequestObject.Type), h => CelValue.Of(h.Request))
        .Text("direction", h => h._scope.Event.Direction)
        .Bool("internal", h => h._scope.Event.RemoteAddress.IsPrivate);

    private readonly EventScope _scope = scope;

    public HttpRequestObject Request { get; } = new();

    public override CelObjectType ObjectType => Type;
}

/// <summary>The head of a request; of the body only what came with the head.</summary>
internal sealed class HttpRequestObject : CelObject
{
    public static readonly CelObjectType<HttpRequestObject> Type = new CelObjectType<HttpRequestObject>("na.http.request")
        .Text("method", r => r.Method)
        .Text("url", r => r.Target)
        .Text("path", r => r.Path)
        .Text("host", r => r.Host)
        .Text("body", r => r.Body)
        .Map("headers", CelType.String, CelType.List(CelType.String), r => r.Headers());

    private CelMap? _headers;
    private CelText _message;

    public CelText Method { get; private set; }

    public CelText Target { get; private set; }

    public CelText Path { get; private set; }

    public CelText Host { get; private set; }

    public CelText Body { get; private set; }

    public override CelObjectType ObjectType => Type;

    /// <returns>False for what is no request.</returns>
    public bool Begin(CelText message, TextArena arena)
    {
        if (!HttpRequestHead.TryRead(message.Span, out HttpRequestHead head))
        {
            return false;
        }

        _message = message;
        _headers = null;
        Method = arena.Copy(head.Method);
        Target = arena.Copy(head.Line.Target);
        Path = arena.Copy(head.Path);
        Host = arena.Copy(head.Host);
        Body = head.IsTruncated || head.Size >= message.Length ? default : message.Slice(head.Size, message.Length - head.Size);
        return true;
    }

    // Names in lower case, since senders write them as they like; several of one name are one list.
    private CelMap Headers()
    {
        if (_headers is not null)
        {
            return _headers;
        }

        var found = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var reader = new HttpMessageReader(_message.Span);
        HttpReadResult result = reader.ReadRequestLine(out _);
        while (result == HttpReadResult.Ok && (result = reader.ReadHeader(out HttpHeader header)) == HttpReadResult.Ok)
        {
            string name = Events.Text.ByteText.Decode(header.Name).ToLowerInvariant();
            if (!found.TryGetValue(name, out List<string>? values))
            {
                found[name] = values = [];
            }

            values.Add(Events.Text.ByteText.Decode(header.Value));
        }

        return _headers = CelMap.Of(found.Select(pair => KeyValuePair.Create(CelValue.Of(pair.Key), CelValue.Of(CelList.OfTexts(pair.Value)))));
    }
}
