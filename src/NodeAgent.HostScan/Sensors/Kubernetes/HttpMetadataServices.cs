// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using NodeAgent.Api.HostData;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>Asks over HTTP, all services at once. What they answer is not read: only that they do.</summary>
/// <remarks>Any thread may use it. Source: the metadata documentation of each cloud; the address is link-local, RFC 3927.</remarks>
public sealed class HttpMetadataServices : IMetadataServices, IDisposable
{
    public static readonly Uri DefaultEndpoint = new("http://169.254.169.254/");

    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(900);

    private static readonly Question[] Questions =
    [
        new("alibaba", "latest/meta-data/region-id"),
        new("aws-imdsv1", "latest/meta-data/ami-id"),
        new("aws-imdsv2", "latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "1", Method: HttpMethod.Put),
        new("azure", "metadata/instance?api-version=2021-02-01", "Metadata", "true"),
        new("digitalocean", "metadata/v1/id"),
        new("gcp", "computeMetadata/v1/instance/id", "Metadata-Flavor", "Google"),
        new("openstack", "openstack/latest/meta_data.json"),
        new("oracle", "opc/v1/instance/id"),
        new("oracle-v2", "opc/v2/instance/id", "Authorization", "Bearer Oracle"),
    ];

    private readonly Uri _endpoint;
    private readonly HttpClient _client;

    /// <param name="endpoint">Where they are asked.</param>
    public HttpMetadataServices(Uri endpoint)
    {
        _endpoint = endpoint;
        _client = new HttpClient(new SocketsHttpHandler
        {
            // Neither a proxy nor another host: the question is whether this address answers this node.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = Deadline,
            MaxResponseHeadersLength = 16,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public IReadOnlyList<MetadataAccess> Ask(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Deadline);
        var answers = new ConcurrentBag<MetadataAccess>();
        Task all = Task.WhenAll(Questions.Select(question => AskAsync(question, answers, limit.Token)));
        // A scan is synchronous and has a thread of its own; each question ends by the deadline.
        all.Wait(CancellationToken.None);
        return [.. answers.OrderBy(answer => answer.Service, StringComparer.Ordinal)];
    }

    public void Dispose() => _client.Dispose();

    private async Task AskAsync(Question question, ConcurrentBag<MetadataAccess> answers, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(question.Method ?? HttpMethod.Get, new Uri(_endpoint, question.Path));
            if (question.Header is not null)
            {
                request.Headers.TryAddWithoutValidation(question.Header, question.Value);
            }

            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
            answers.Add(new MetadataAccess
            {
                Service = question.Service,
                Answers = response.StatusCode == HttpStatusCode.OK,
                IsPlain = question.Header is null,
                Status = (int)response.StatusCode,
            });
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // Nobody is there: that is an answer too.
        }
    }

    private sealed record Question(string Service, string Path, string? Header = null, string? Value = null, HttpMethod? Method = null);
}
