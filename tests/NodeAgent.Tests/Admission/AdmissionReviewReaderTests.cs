// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Admission;

namespace NodeAgent.Tests.Admission;

/// <summary>What the API server sends is read, and what anybody else may send is refused with a reason.</summary>
public sealed class AdmissionReviewReaderTests
{
    private const string Uid = "705ab4f5-6393-11e8-b7cc-42010a800002";

    [Fact]
    public void Read_AnExec_HasWhoAskedForWhat()
    {
        AdmissionCall call = Call(Reviews.Exec(Uid));

        Assert.Equal(("PodExecOptions", "web-7d9", "shop", "pods", "exec", "CONNECT"), (call.Event.Kind, call.Event.Name, call.Event.Namespace, call.Event.Resource, call.Event.Subresource, call.Event.Operation));
        Assert.Equal(("jane", "0b1c"), (call.Event.UserName, call.Event.UserUid));
        Assert.Equal(["dev", "system:authenticated"], call.Event.Groups);
        Assert.Equal(["sh", "-c", "id"], call.Event.Command);
        Assert.Equal(("server", "web-7d9"), (call.ContainerName, call.PodName));
        Assert.Equal((true, true), (call.Event.Object!.Stdin, call.Event.Object.Tty));
    }

    [Fact]
    public void Read_APortForward_HasItsPortsAndNoCommand()
    {
        AdmissionCall call = Call(Reviews.PortForward(Uid));

        Assert.Equal(("PodPortForwardOptions", "portforward"), (call.Event.Kind, call.Event.Subresource));
        Assert.Equal([5432], call.Event.Object!.Ports);
        Assert.Empty(call.Event.Command);
    }

    // kubectl tells the ports in the connection.
    [Fact]
    public void Read_APortForwardWithoutPorts_IsOne() =>
        Assert.Null(Call(Reviews.Of(Uid, "PodPortForwardOptions", "portforward", "p", "u", "n", new JsonObject { ["kind"] = "PodPortForwardOptions", ["apiVersion"] = "v1" }).ToJsonString()).Event.Object!.Ports);

    [Fact]
    public void Read_AnObjectOfAnotherKind_IsSkippedWhateverItsMembersAre()
    {
        JsonObject review = Reviews.Of(Uid, "Deployment", "", "web", "jane", "shop", JsonNode.Parse("""{"command":5,"kind":"Deployment","tty":"x","ports":{},"spec":{"template":{"spec":{"containers":[{"command":["a"]}]}}}}"""));
        review["request"]!["resource"]!["group"] = "apps";
        review["request"]!["resource"]!["resource"] = "deployments";
        AdmissionCall call = Call(review.ToJsonString());

        Assert.Null(call.Event.Object);
        Assert.Empty(call.Event.Command);
        Assert.Equal((string.Empty, "deployments", "apps"), (call.PodName, call.Event.Resource, call.Event.ResourceGroup));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":null}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":""}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":5}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a"}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":[]}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":{}}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","uid":"b","kind":{"kind":"x"}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":"x"},"userInfo":{"groups":"x"}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":"x"},"userInfo":{"groups":[1]}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":"x"},"object":5}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":"x"},"object":{"kind":"PodExecOptions","command":{}}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":"x"},"object":{"kind":"PodExecOptions","command":[[]]}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":"x"},"object":{"kind":"PodExecOptions","tty":"yes"}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":"x"},"object":{"kind":"PodPortForwardOptions","ports":[99999999999]}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"a","kind":{"kind":"x"}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"ConversionReview","request":{"uid":"a","kind":{"kind":"x"}}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"\ud800","kind":{"kind":"x"}}}""")]
    public void Read_WhatIsNoReview_SaysWhy(string body)
    {
        Assert.Null(AdmissionReviewReader.Read(Reviews.Bytes(body), out string? fault));

        Assert.InRange(fault!.Length, 5, 256);
    }

    [Fact]
    public void Read_DeepJson_IsRefused()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 100_000));

        Assert.Null(AdmissionReviewReader.Read(Reviews.Bytes($$"""{"request":{"uid":"a","object":{"a":{{deep}}"""), out string? fault));
        Assert.NotNull(fault);
    }

    [Fact]
    public void Read_InvalidUtf8InWhatIsRead_IsRefused()
    {
        byte[] body = Reviews.Bytes(Reviews.Exec(Uid, user: "#"));
        body[body.AsSpan().IndexOf("#"u8)] = 0xff;

        Assert.Null(AdmissionReviewReader.Read(body, out string? fault));
        Assert.NotNull(fault);
    }

    [Fact]
    public void Read_ControlCharacters_StayTextsOfTheRequest()
    {
        AdmissionCall call = Call(Reviews.Exec(Uid, user: "jane\n\u001b[31m\u0000", command: ["sh", "\r\nCEF:0|x"]));

        Assert.Equal("jane\n\u001b[31m\u0000", call.Event.UserName);
        Assert.Equal(["sh", "\r\nCEF:0|x"], call.Event.Command);
    }

    [Fact]
    public void Read_HugeTexts_AreCutAndSayThatThereIsMore()
    {
        JsonObject review = JsonNode.Parse(Reviews.Exec(Uid, new string('p', 10_000), new string('u', 100_000), new string('n', 10_000), [.. Enumerable.Repeat(new string('c', 100), 10_000)]))!.AsObject();
        review["request"]!["userInfo"]!["groups"] = new JsonArray([.. Enumerable.Range(0, 1000).Select(at => JsonValue.Create($"group-{at}"))]);
        AdmissionCall call = Call(review.ToJsonString());

        Assert.Equal((256, 256, 256), (call.Event.Name.Length, call.Event.UserName.Length, call.Event.Namespace.Length));
        Assert.Equal(GroupsConverter.MostGroups + 1, call.Event.Groups.Count);
        Assert.Equal("…", call.Event.Groups[^1]);
        Assert.Equal("…", call.Event.Command[^1]);
        Assert.InRange(call.Event.Command.Sum(one => one.Length), 100, RequestObjectConverter.MostArgumentChars + 1);
    }

    // Who asks chooses how much room is left for the next argument.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_LittleRoomForTheNextArgument_IsCutThere(int room)
    {
        AdmissionCall call = Call(Reviews.Exec(Uid, command: [new string('c', RequestObjectConverter.MostArgumentChars - room), "abc"]));

        Assert.Equal(room == 2 ? "a…" : "…", call.Event.Command[^1]);
        Assert.Equal(2, call.Event.Command.Count);
    }

    [Fact]
    public void Read_PairsOfSurrogatesAtTheCut_StayWhole()
    {
        AdmissionCall call = Call(Reviews.Exec(Uid, user: string.Concat(Enumerable.Repeat("\U0001F600", 300))));

        Assert.Equal(call.Event.UserName, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(call.Event.UserName)));
    }

    private static AdmissionCall Call(string body)
    {
        AdmissionRequest? request = AdmissionReviewReader.Read(Reviews.Bytes(body), out string? fault);
        Assert.True(request is not null, fault);
        return AdmissionCall.Of(request, 1);
    }
}
